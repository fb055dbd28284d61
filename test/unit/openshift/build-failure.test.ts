import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BuildFailure, buildFailureOf } from '../../../src/openshift/build-failure.ts';

const inputs = { name: 'FetchInputs' };
const pull = { name: 'PullImages' };
const build = { name: 'Build' };
const push = { name: 'PushImage' };

describe('buildFailureOf', () => {
  const rows: readonly [title: string, status: object, failure: BuildFailure | undefined][] = [
    ['a Build that runs', { phase: 'Running', stages: [pull] }, undefined],
    ['a Complete one', { phase: 'Complete', stages: [pull, build, push] }, undefined],
    ['a cancelled one', { phase: 'Cancelled', reason: 'CancelledBuild' }, undefined],
    [
      'scripts that cannot be fetched',
      { phase: 'Failed', reason: 'FetchScriptsFailed', stages: [inputs, pull] },
      'fetch_scripts_failed',
    ],
    ['source that cannot be fetched', { phase: 'Failed', reason: 'FetchSourceFailed' }, 'fetch_source_failed'],
    ['a folder that is not there', { phase: 'Failed', reason: 'InvalidContextDirectory' }, 'fetch_source_failed'],
    [
      'a builder image that is not there',
      { phase: 'Failed', reason: 'PullBuilderImageFailed' },
      'pull_base_image_failed',
    ],
    ['a base that cannot be pulled', { phase: 'Failed', stages: [inputs, pull] }, 'pull_base_image_failed'],
    [
      'the same with the reason of the controller',
      { phase: 'Failed', reason: 'GenericBuildFailed', stages: [pull] },
      'pull_base_image_failed',
    ],
    [
      'assemble that fails',
      { phase: 'Failed', reason: 'GenericBuildFailed', stages: [pull, build] },
      'assemble_failed',
    ],
    [
      'a push that fails',
      { phase: 'Failed', reason: 'PushImageToRegistryFailed', stages: [pull, build, push] },
      'push_image_failed',
    ],
    ['a later stage', { phase: 'Failed', reason: 'GenericBuildFailed', stages: [pull, build, push] }, 'other'],
    ['another reason', { phase: 'Failed', reason: 'OutOfMemoryKilled', stages: [pull, build] }, 'other'],
    ['a reason that every object has', { phase: 'Failed', reason: 'constructor' }, 'other'],
    ['a build pod that is gone', { phase: 'Error', reason: 'BuildPodDeleted', stages: [pull] }, 'other'],
    ['no stage', { phase: 'Failed', reason: 'GenericBuildFailed' }, 'other'],
    ['stages that are none', { phase: 'Failed', stages: ['PullImages'] }, 'other'],
  ];
  for (const [title, status, failure] of rows) {
    it(`returns ${failure ?? 'undefined'} for ${title}`, () =>
      assert.equal(buildFailureOf({ kind: 'Build', status }), failure));
  }
});
