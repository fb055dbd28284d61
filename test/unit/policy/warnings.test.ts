import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitWarnings, quote, warning } from '../../../src/policy/warnings.ts';

const smile = '\u{1F600}';

describe('warning', () => {
  const rows: readonly [title: string, text: string, expected: string][] = [
    ['short', 'a', 'a'],
    ['of 120 characters', 'a'.repeat(120), 'a'.repeat(120)],
    ['of 121 characters', 'a'.repeat(121), `${'a'.repeat(117)}...`],
    ['of 120 characters of two code units each', smile.repeat(120), smile.repeat(120)],
    ['of 121 characters of two code units each', smile.repeat(121), `${smile.repeat(117)}...`],
    ['with control characters', 'a\nb\r\tc\u0000d\u001be\u007ff\u0085g\u009fh', 'a b  c d e f g h'],
    ['with what only looks like them', 'a b\u00a0c\u00e4', 'a b\u00a0c\u00e4'],
    ['empty', '', ''],
  ];
  for (const [title, text, expected] of rows) {
    it(title, () => {
      assert.equal(warning(text), expected);
    });
  }
});

describe('quote', () => {
  const rows: readonly [text: string, expected: string][] = [
    ['', '""'],
    ['yes', '"yes"'],
    ['x'.repeat(24), `"${'x'.repeat(24)}"`],
    ['x'.repeat(25), `"${'x'.repeat(21)}..."`],
    [smile.repeat(24), `"${smile.repeat(24)}"`],
    [smile.repeat(25), `"${smile.repeat(21)}..."`],
  ];
  for (const [text, expected] of rows) {
    it(expected, () => {
      assert.equal(quote(text), expected);
    });
  }
});

describe('limitWarnings', () => {
  it('keeps the first five without duplicates', () => {
    assert.deepEqual(limitWarnings([]), []);
    assert.deepEqual(limitWarnings(['a', 'b', 'a', 'c', 'a']), ['a', 'b', 'c']);
    assert.deepEqual(limitWarnings(['a', 'b', 'c', 'd', 'e']), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(limitWarnings(['a', 'a', 'b', 'c', 'd', 'e', 'f']), ['a', 'b', 'c', 'd', 'e']);
  });
});
