import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fingerprintOf } from '../../../src/history/fingerprint.ts';
import { UsedReferences } from '../../../src/history/used-references.ts';

describe('UsedReferences', () => {
  it('has a reference until the last Build with it is removed', () => {
    const used = new UsedReferences();
    const reference = 'harbor.example.com/team/app:20260131120000';
    const seen = ([1, 1, -1, -1, 1] as const).map((change) => {
      used.count(fingerprintOf(reference), change);
      return used.has(reference);
    });
    assert.deepEqual(seen, [true, true, true, false, true]);
  });

  it('ignores Builds without a reference', () => {
    const used = new UsedReferences();
    used.count(undefined, 1);
    assert.equal(used.has(''), false);
  });

  it('knows next to no reference that nobody uses, among 100,000', () => {
    const used = new UsedReferences();
    const referenceOf = (repository: number, second: number) =>
      `harbor.example.com/team/application-${repository}:${20_260_131_120_000 + second}`;
    for (let at = 0; at < 100_000; at += 1) used.count(fingerprintOf(referenceOf(at % 20_000, at % 5)), 1);
    let wrong = 0;
    for (let at = 0; at < 100_000; at += 1) if (used.has(referenceOf(at % 20_000, 5 + (at % 5)))) wrong += 1;
    // About two are expected.
    assert.ok(wrong < 20, `${wrong} of 100,000 count as used`);
  });
});
