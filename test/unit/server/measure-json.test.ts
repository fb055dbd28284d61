import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type JsonSize, measureJson } from '../../../src/server/measure-json.ts';

const noLimit = { depth: 1e9, marks: 1e9 };

/** The same, of the parsed value. */
function sizeOf(value: unknown): JsonSize {
  if (typeof value !== 'object' || value === null) return { depth: 0, marks: 0 };
  const children: readonly unknown[] = Object.values(value);
  const sizes = children.map(sizeOf);
  const colons = Array.isArray(value) ? 0 : children.length;
  return {
    depth: 1 + Math.max(0, ...sizes.map(({ depth }) => depth)),
    marks: sizes.reduce((sum, { marks }) => sum + marks, 1 + colons + Math.max(0, children.length - 1)),
  };
}

describe('measureJson', () => {
  it('returns the size of the value, whatever its strings contain', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: fc.constantFrom('"', '\\', '[', ']', '{', ',', ':', 'ä', '\n') }),
        (value) => {
          assert.deepEqual(measureJson(Buffer.from(JSON.stringify(value)), noLimit), sizeOf(value));
        },
      ),
    );
  });

  it('measures text that is no JSON too', () => {
    const sizes = ['', '"', '"\\', ']]]', '[[[', '{"a', 'x,y'].map((text) => measureJson(Buffer.from(text), noLimit));
    assert.deepEqual(
      sizes.map(({ depth, marks }) => [depth, marks]),
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [3, 3],
        [1, 1],
        [0, 1],
      ],
    );
  });

  it('stops at the limits', () => {
    assert.deepEqual(measureJson(Buffer.from('['.repeat(1_000)), { depth: 10, marks: 1_000 }), {
      depth: 11,
      marks: 11,
    });
    assert.deepEqual(measureJson(Buffer.from(','.repeat(1_000)), { depth: 10, marks: 100 }), { depth: 0, marks: 101 });
  });
});
