import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatSeconds } from '../../../src/status/words.ts';

it('formatSeconds returns durations as people write them', () => {
  const written = [0, 0.4, 59, 59.6, 60, 125, 3_599, 3_600, 86_399, 86_400, 698_400].map(formatSeconds);
  assert.deepEqual(written, [
    '0s',
    '0s',
    '59s',
    '1m00s',
    '1m00s',
    '2m05s',
    '59m59s',
    '1h00m',
    '23h59m',
    '1d00h',
    '8d02h',
  ]);
});
