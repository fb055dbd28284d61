import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultIncremental } from '../../../src/mutations/default-incremental.ts';
import { exampleBuildConfig, merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildConfigPlan } from './example-plan.ts';

describe('defaultIncremental', () => {
  const buildConfig = frozen(exampleBuildConfig());

  it('writes the field', () => {
    assert.deepEqual(
      defaultIncremental(buildConfig, buildConfigPlan({ incremental: true })),
      merge(buildConfig, { spec: { strategy: { sourceStrategy: { incremental: true } } } }),
    );
  });

  it('keeps the field unmodified if undefined', () => {
    assert.equal(defaultIncremental(buildConfig, buildConfigPlan()), buildConfig);
  });
});
