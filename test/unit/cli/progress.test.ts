import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createProgress } from '../../../src/cli/progress.ts';

/** Returns the output while 500 objects are added at each of these milliseconds. */
function written(isTTY: boolean, times: readonly number[]): readonly string[] {
  const texts: string[] = [];
  let now = 0;
  const progress = createProgress({ isTTY, write: (text) => texts.push(text) }, 'reading', () => now);
  for (const time of times) {
    now = time;
    progress.add(500);
  }
  progress.clear();
  progress.clear();
  return texts;
}

it('progress is shown after a second, on a terminal alone, and cleared once', () => {
  assert.deepEqual(written(true, [300, 999, 1_000, 1_500]), [
    '\rreading: 1500 so far …',
    '\rreading: 2000 so far …',
    '\r\u001b[K',
  ]);
  assert.deepEqual(written(true, [300, 999]), []);
  assert.deepEqual(written(false, [300, 5_000]), []);
});
