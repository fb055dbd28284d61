import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectWarnings } from '../../../src/policy/object-warnings.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

function warningsOf(...env: readonly unknown[]): readonly string[] {
  return objectWarnings(exampleBuild({ spec: { strategy: { sourceStrategy: { env } } } }));
}

const told = ['env URL: a URL with a password becomes part of the image; put it into source.secrets'];

describe('objectWarnings', () => {
  const rows: readonly [value: string, warns: boolean][] = [
    ['https://user:password@pypi.example.com/simple', true],
    ['HTTPS://user:password@pypi.example.com', true],
    ['git+ssh://git:secret@example.com/repo', true],
    ['--index-url https://u:p@pypi.example.com/simple --quiet', true],
    ['https://a.example.com https://u:p@b.example.com', true],
    ['https://u:p:q@example.com', true],
    [`https://${'u'.repeat(200)}:${'p'.repeat(500)}@example.com`, true],
    ['https://pypi.example.com/simple', false],
    ['https://pypi.example.com:8443/simple', false],
    ['https://user@example.com', false],
    ['https://user:@example.com', false],
    ['https://:password@example.com', false],
    ['https://example.com/a:b@c', false],
    ['https://example.com?a:b@c', false],
    ['https://example.com:443 a@b', false],
    ['user:password@example.com', false],
    ['', false],
  ];
  for (const [value, warns] of rows) {
    it(`${warns ? 'warns about' : 'accepts'} ${value.slice(0, 60)}`, () => {
      assert.deepEqual(warningsOf({ name: 'URL', value }), warns ? told : []);
    });
  }

  it('names each variable, and never the value', () => {
    const value = 'https://u:hunter2@example.com';
    assert.deepEqual(warningsOf({ name: 'A', value }, { name: 'B', value: 'x' }, { value }, { name: 'C', value }), [
      'env A: a URL with a password becomes part of the image; put it into source.secrets',
      'env : a URL with a password becomes part of the image; put it into source.secrets',
      'env C: a URL with a password becomes part of the image; put it into source.secrets',
    ]);
  });

  it('ignores malformed variables, and objects without any', () => {
    assert.deepEqual(
      warningsOf(null, 'https://u:p@example.com', { name: 'A', valueFrom: {} }, { name: 'B', value: 1 }),
      [],
    );
    assert.deepEqual(objectWarnings({}), []);
  });

  // If the expression were not linear, these would exceed the runner's time limit.
  for (const part of ['a', 'a:', 'a:/', 'a://', 'http://u', '://', 'a://b:', 'a://b:c', '@', 'a+.-']) {
    it(`handles a megabyte of ${part}`, () => {
      assert.deepEqual(warningsOf({ name: 'URL', value: part.repeat(1_000_000 / part.length) }), []);
    });
  }
});
