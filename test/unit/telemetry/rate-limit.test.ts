import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimit } from '../../../src/telemetry/rate-limit.ts';

/** Returns how many in a row are allowed. */
function allowed(limit: RateLimit, key: string, now: number, wanted = 30): number {
  return Array.from({ length: wanted }, () => limit.take(key, now)).filter(Boolean).length;
}

describe('RateLimit', () => {
  it('allows 25 at first and one more every five minutes, never more than 25 at once', () => {
    const limit = new RateLimit({ burst: 25, refill: 300_000 });
    const ends = [0, 299_999, 300_000, 300_000, 900_000, 86_400_000].map((now) => allowed(limit, 'a', now));
    assert.deepEqual(ends, [25, 0, 1, 0, 2, 25]);
  });

  it('counts each key separately', () => {
    const limit = new RateLimit({ burst: 25, refill: 300_000 });
    assert.deepEqual([allowed(limit, 'a', 0), allowed(limit, 'b', 0), allowed(limit, 'a', 0)], [25, 25, 0]);
  });

  it('adds no tokens if the clock goes back', () => {
    const limit = new RateLimit({ burst: 25, refill: 300_000 });
    assert.deepEqual([allowed(limit, 'a', 600_000), allowed(limit, 'a', 0), allowed(limit, 'a', 600_000)], [25, 0, 2]);
  });

  it('forgets the least recently used half of more than 4,096 keys', () => {
    const limit = new RateLimit({ burst: 25, refill: 300_000 });
    for (const key of ['old', 'used']) allowed(limit, key, 0);
    for (let index = 0; index < 4_094; index += 1) limit.take(String(index), 0);
    limit.take('used', 0);
    limit.take('one more', 0);
    assert.deepEqual(
      ['used', 'old', '2046', '2047'].map((key) => allowed(limit, key, 0)),
      [0, 25, 25, 24],
    );
  });
});
