import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFixedSource, describeTimeLeft } from '../../../src/certificates/certificate-source.ts';

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

describe('describeTimeLeft', () => {
  const rows: readonly [milliseconds: number, text: string][] = [
    [90 * day, '90 days left'],
    [2 * day, '2 days left'],
    [2 * day - 1, '47 hours left'],
    [2 * hour, '2 hours left'],
    [2 * hour - 1, '119 minutes left'],
    [2 * minute - 1, '119 seconds left'],
    [1.5 * second, '1 seconds left'],
    [1, '0 seconds left'],
    [0, 'expired'],
    [-day, 'expired'],
  ];
  for (const [milliseconds, text] of rows) {
    it(`returns ${text} for ${milliseconds} ms`, () => {
      assert.equal(describeTimeLeft(milliseconds), text);
    });
  }
});

describe('createFixedSource', () => {
  it('reports its certificate once, and is ready until it expires', () => {
    const certificate = { cert: 'c', key: 'k', ca: undefined, notAfter: 10 * day };
    const source = createFixedSource(certificate);
    const told: unknown[] = [];
    source.onChange((given) => told.push(given));
    assert.deepEqual(told, [certificate]);
    assert.deepEqual(source.check(day), { ok: true, detail: '9 days left' });
    assert.deepEqual(source.check(10 * day), { ok: false, detail: 'expired' });
  });
});
