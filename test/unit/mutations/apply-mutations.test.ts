import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyMutations } from '../../../src/mutations/apply-mutations.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildConfigPlan, buildPlan } from './example-plan.ts';

const annotations = { 's2i-incremental.io/mode': 'chain' };

describe('applyMutations', () => {
  it('applies every part of the plan of a Build', () => {
    const build = frozen(exampleBuild());
    const plan = buildPlan({
      from: { kind: 'DockerImage', name: 'harbor.example.com/team/app:1' },
      incremental: false,
      pullSecret: { name: 'pull' },
      output: { kind: 'DockerImage', name: 'harbor.example.com/team/app:2' },
      pushSecret: { name: 'push' },
      env: [{ name: 'A', value: '1' }],
      annotations,
    });
    assert.deepEqual(
      applyMutations(build, frozen(plan)),
      merge(build, {
        metadata: { annotations },
        spec: {
          strategy: {
            sourceStrategy: {
              from: plan.from,
              incremental: false,
              pullSecret: { name: 'pull' },
              env: [
                { name: 'FOO', value: 'bar' },
                { name: 'X', value: 'y' },
                { name: 'A', value: '1' },
              ],
            },
          },
          output: { to: plan.output, pushSecret: { name: 'push' } },
        },
      }),
    );
  });

  it('applies every part of the plan of a BuildConfig', () => {
    const buildConfig = frozen(exampleBuildConfig());
    assert.deepEqual(
      applyMutations(buildConfig, frozen(buildConfigPlan({ incremental: true, annotations }))),
      merge(buildConfig, { metadata: { annotations }, spec: { strategy: { sourceStrategy: { incremental: true } } } }),
    );
  });

  it('returns the object itself if the plan changes nothing', () => {
    const build = frozen(exampleBuild());
    assert.equal(applyMutations(build, buildPlan()), build);
    const buildConfig = frozen(exampleBuildConfig());
    assert.equal(applyMutations(buildConfig, buildConfigPlan()), buildConfig);
  });
});
