import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Reason, explainReason } from '../../../src/policy/reasons.ts';

/** Every code that is given. */
const sentences: Readonly<Record<Reason, string>> = {
  first_build: 'it is the first Build since its BuildConfig opted in',
  no_previous_image: 'no earlier Build is complete with an image to continue from',
  clean_build_requested: 'it was started with --incremental=false',
  incremental_off: 'its BuildConfig asks for full builds',
  no_build_config: 'it belongs to no BuildConfig, so there is no Build it could continue from',
  base_image_changed: 'the base image changed since its chain started',
  source_changed: 'the source repository or the folder in it changed',
  env_removed: 'a variable of the previous Build is gone, and would live on in its image',
  chain_depth_reached: 'its chain has as many builds as are allowed',
  chain_age_reached: 'its chain is as old as is allowed',
  wrapper_unavailable: 'the assemble wrapper is wanted but cannot be delivered to it',
  history_unavailable: 'the earlier Builds could not be read',
  continued: 'it continues from the image of the previous Build',
  opted_in: 'it opted in',
  origin_updated: 'the record of what its user has follows a change',
  opted_out: 'it opted out, so what had been written into it is taken away',
  annotations_restored: 'an update had changed the record of its admission',
  not_opted_in: 'it does not carry the label that opts in',
  build_config_opted_out: 'its BuildConfig has opted out since the Build it clones',
  strategy_unsupported: 'only the Source strategy can be built incrementally',
  already_admitted: 'it was admitted before under this name',
  nothing_to_do: 'there is nothing to change',
  origin_unreadable: 'the record of its origin cannot be read, and is not destroyed',
  origin_too_large: 'the record of its origin would not fit into its annotations',
  resource_unsupported: 'it is neither a Build nor a BuildConfig',
  internal_error: 'the webhook failed on it',
  deadline_exceeded: 'it could not be answered in time',
};

describe('explainReason', () => {
  // That each code is a row here, and no row too many, is what the type of the table says.
  for (const [code, sentence] of Object.entries(sentences) as [Reason, string][]) {
    it(code, () => {
      assert.match(code, /^[a-z]+(?:_[a-z]+)*$/);
      assert.equal(explainReason(code), sentence);
    });
  }
});
