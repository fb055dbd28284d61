import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overrideOutput } from '../../../src/mutations/override-output.ts';
import { exampleBuild, merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

const output = { kind: 'DockerImage', name: 'quay.example.com/team/app:1' } as const;
const pushSecret = { name: 'quay' };
const build = frozen(
  exampleBuild({
    spec: { output: { to: { kind: 'ImageStreamTag', namespace: 'x', name: 'app:1' }, imageLabels: [{ name: 'a' }] } },
  }),
);

describe('overrideOutput', () => {
  it('replaces the whole output', () => {
    assert.deepEqual(
      overrideOutput(build, buildPlan({ output })),
      merge(build, { spec: { output: { to: { ...output, namespace: null } } } }),
    );
  });

  it('writes the push Secret', () => {
    assert.deepEqual(
      overrideOutput(build, buildPlan({ pushSecret })),
      merge(build, { spec: { output: { pushSecret } } }),
    );
  });

  it('writes both', () => {
    assert.deepEqual(
      overrideOutput(build, buildPlan({ output, pushSecret })),
      merge(build, { spec: { output: { to: { ...output, namespace: null }, pushSecret } } }),
    );
  });

  it('keeps both unmodified if undefined', () => {
    assert.equal(overrideOutput(build, buildPlan()), build);
  });
});
