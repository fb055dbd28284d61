import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overrideIncremental } from '../../../src/mutations/override-incremental.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

const withIncremental = (incremental: boolean | null) =>
  frozen(exampleBuild({ spec: { strategy: { sourceStrategy: { incremental } } } }));

describe('overrideIncremental', () => {
  for (const before of [null, true, false]) {
    for (const planned of [true, false]) {
      it(`replaces ${String(before)} by ${String(planned)}`, () => {
        assert.deepEqual(
          overrideIncremental(withIncremental(before), buildPlan({ incremental: planned })),
          withIncremental(planned),
        );
      });
    }

    it(`keeps ${String(before)} unmodified if undefined`, () => {
      const build = withIncremental(before);
      assert.equal(overrideIncremental(build, buildPlan()), build);
    });
  }
});
