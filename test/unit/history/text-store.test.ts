import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TextStore } from '../../../src/history/text-store.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
/** Short ones, empty ones and such that a slab has room for a few of, or none; of characters with up to four bytes. */
const text = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom(1, 1, 1, 700, 40_000, 120_000))
  .map(([some, times]) => some.repeat(times));
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ key, text: fc.option(text, { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ key, text: fc.constant(undefined) }) },
);

describe('a text store', () => {
  it('has what a map would have, whatever was put in its place before', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 20, maxLength: 200 }), (changes) => {
        const store = new TextStore();
        const map = new Map<string, string>();
        for (const { key, text } of changes) {
          if (text === undefined) {
            store.delete(key);
            map.delete(key);
          } else {
            store.set(key, text);
            map.set(key, text);
          }
        }
        assert.equal(store.size, map.size);
        for (const letter of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'])
          assert.equal(store.get(letter), map.get(letter));
      }),
      { numRuns: 200 },
    );
  });

  it('holds at most a third more than its texts and two slabs, however often they change', () => {
    const store = new TextStore();
    const lengths = new Map<string, number>();
    let seed = 1;
    // Park and Miller's generator: the same changes in each run.
    const below = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    for (let change = 0; change < 60_000; change += 1) {
      const key = String(below(8_000));
      const length = 400 + below(600);
      store.set(key, String(change).padEnd(length, '.'));
      lengths.set(key, length);
      if (change % 1_000 !== 0) continue;
      const bytes = [...lengths.values()].reduce((sum, each) => sum + each + 4, 0);
      assert.ok(
        store.held <= (bytes * 4) / 3 + 2 * mebibyte,
        `${store.held} bytes for ${bytes} after ${change} changes`,
      );
    }
  });

  it('takes nothing where there is nothing, and little for a little', () => {
    const store = new TextStore();
    assert.equal(store.held, 0);
    store.set('a', 'b');
    assert.equal(store.held, 4 * kibibyte);
  });

  it('gives memory back at once when all of a slab is gone', () => {
    const store = new TextStore();
    store.set('large', 'x'.repeat(3 * mebibyte));
    assert.ok(store.held > 3 * mebibyte);
    const before = process.memoryUsage().arrayBuffers;
    store.set('large', 'small');
    assert.equal(store.held, mebibyte);
    assert.ok(process.memoryUsage().arrayBuffers <= before - 2 * mebibyte);
    store.delete('large');
    assert.deepEqual([store.get('large'), store.size], [undefined, 0]);
  });
});
