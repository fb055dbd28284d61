import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOutput, renderText } from '../../../src/cli/terminal.ts';

describe('renderText', () => {
  it('escapes characters that control a terminal', () => {
    assert.equal(
      renderText('a\u001b[31mb\nc\u009bd\te\u007f ü…漢', false),
      'a\\u{1b}[31mb\\u{a}c\\u{9b}d\\u{9}e\\u{7f} ü…漢',
    );
    const bidirectional = [
      0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
    ];
    assert.equal(
      renderText(String.fromCodePoint(...bidirectional), false),
      bidirectional.map((code) => `\\u{${code.toString(16)}}`).join(''),
    );
  });

  it('applies styles if there are colours', () => {
    const line = ['a ', { style: 'red', text: 'b\u001b[0m' }, [' c', [{ style: 'bold', text: 'd' }]]] as const;
    assert.equal(renderText(line, false), 'a b\\u{1b}[0m cd');
    assert.equal(renderText(line, true), 'a \u001b[31mb\\u{1b}[0m\u001b[39m c\u001b[1md\u001b[22m');
  });
});

it('createOutput has the width of its terminal, or infinity', () => {
  const widthOf = (stream: { isTTY?: boolean; columns?: number }) =>
    createOutput({ write: () => undefined, ...stream }, false).width;
  const widths = [{ isTTY: true, columns: 80 }, { isTTY: true, columns: 0 }, { columns: 80 }, {}].map(widthOf);
  assert.deepEqual(widths, [80, Infinity, Infinity, Infinity]);
});
