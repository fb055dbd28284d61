import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Reason, explainReason, isBuildReason } from '../../../src/policy/reasons.ts';

/** Every code. */
const sentences: Readonly<Record<Reason, string>> = {
  first_build: 'it is the first Build since its BuildConfig opted in',
  no_previous_image: 'there is no earlier Build that is Complete and has an image',
  clean_build_requested: 'it was started with --incremental=false',
  incremental_off: 'its labels, its BuildConfig or the configuration ask for full builds',
  no_build_config: 'it belongs to no BuildConfig, so it has no previous Build',
  base_image_changed: 'the base image changed since the chain started',
  source_changed: 'the source repository or its folder changed',
  env_removed: 'a variable of the previous Build was removed, and its image still has it',
  chain_depth_reached: 'the chain reached incremental.maxDepth',
  chain_age_reached: 'the chain reached incremental.maxAge',
  previous_image_missing: 'the registry no longer has the previous image',
  wrapper_unavailable: 'the assemble wrapper is wanted but cannot be delivered to it',
  wrapper_unreachable: 'a Build of this namespace could not fetch the assemble wrapper within the last 24 hours',
  build_inputs_changed: 'a Secret, ConfigMap or image of its source was added, removed or moved',
  previous_without_wrapper:
    'the previous Build ran without the assemble wrapper, so its image has no record of what to remove',
  previous_too_large: 'the settings of the previous Build are too large to be compared',
  continuing_fails: 'two incremental Builds failed since the last one that succeeded',
  saves_nothing: 'incremental Builds save less than incremental.minSaving',
  previous_failed: 'the last incremental Build failed',
  build_too_large: 'it would be too large for the environment of its pod',
  history_unavailable: 'the earlier Builds could not be read',
  continued: 'it continues from the previous image',
  opted_in: 'it opted in',
  origin_updated: 'its original settings changed and were recorded again',
  opted_out: 'it opted out, so its original settings were restored',
  annotations_restored: 'an update changed its read-only annotations',
  not_opted_in: 'it has not opted in',
  build_config_opted_out: 'its BuildConfig has opted out since the Build it clones',
  strategy_unsupported: 'only Builds with Source strategy can be incremental',
  already_admitted: 'it was already admitted',
  nothing_to_do: 'there is nothing to change',
  origin_unreadable: 'the record of its original settings cannot be read, and is kept',
  origin_too_large: 'the record of its original settings would not fit into its annotations',
  build_announced: 'its user got a warning that says what the Build will be',
  build_unknown: 'what the Build will be is not known',
  resource_unsupported: 'it is neither a Build nor a BuildConfig',
  internal_error: 'the webhook had an internal error',
  deadline_exceeded: 'the webhook exceeded its deadline',
};

describe('explainReason', () => {
  // The table's type ensures that it has exactly the codes.
  for (const [code, sentence] of Object.entries(sentences) as [Reason, string][]) {
    it(code, () => {
      assert.match(code, /^[a-z]+(?:_[a-z]+)*$/);
      assert.equal(explainReason(code), sentence);
    });
  }
});

describe('isBuildReason', () => {
  it('is true only for codes of a Build, not for Object properties', () => {
    const codes = ['continued', 'first_build', 'not_opted_in', 'constructor', '__proto__', ''];
    assert.deepEqual(codes.filter(isBuildReason), ['continued', 'first_build']);
  });
});
