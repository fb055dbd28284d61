import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overrideFrom } from '../../../src/mutations/override-from.ts';
import { exampleBuild, merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

const from = { kind: 'DockerImage', name: 'harbor.example.com/team/app:1' } as const;

describe('overrideFrom', () => {
  it('replaces the whole reference', () => {
    const old = { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' };
    const build = frozen(exampleBuild({ spec: { strategy: { sourceStrategy: { from: old } } } }));
    assert.deepEqual(
      overrideFrom(build, buildPlan({ from })),
      merge(build, { spec: { strategy: { sourceStrategy: { from: { ...from, namespace: null } } } } }),
    );
  });

  it('keeps a full build unmodified', () => {
    const build = frozen(exampleBuild());
    assert.equal(overrideFrom(build, buildPlan()), build);
  });
});
