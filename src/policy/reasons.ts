/** Why a Build became what it is, or why an object was left alone: a code for programs and a sentence for people. */

const fullReasons = {
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
} as const;

const incrementalReasons = {
  continued: 'it continues from the image of the previous Build',
} as const;

const buildConfigReasons = {
  opted_in: 'it opted in',
  origin_updated: 'the record of what its user has follows a change',
  opted_out: 'it opted out, so what had been written into it is taken away',
} as const;

const updateReasons = {
  annotations_restored: 'an update had changed the record of its admission',
} as const;

const skipReasons = {
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
} as const;

/** Codes of a full build. */
export type FullReason = keyof typeof fullReasons;
/** Codes of an incremental build. */
export type IncrementalReason = keyof typeof incrementalReasons;
/** Codes of a changed BuildConfig. */
export type BuildConfigReason = keyof typeof buildConfigReasons;
/** Codes of an updated Build that was changed back. */
export type UpdateReason = keyof typeof updateReasons;
/** Codes of an object left alone. */
export type SkipReason = keyof typeof skipReasons;
export type Reason = FullReason | IncrementalReason | BuildConfigReason | UpdateReason | SkipReason;

const sentences: Readonly<Record<Reason, string>> = {
  ...fullReasons,
  ...incrementalReasons,
  ...buildConfigReasons,
  ...updateReasons,
  ...skipReasons,
};

/** Every decision about a Build with each reason it can have. */
export const buildDecisions: readonly (readonly [decision: 'full' | 'incremental', reason: Reason])[] = [
  ...Object.keys(fullReasons).map((reason) => ['full', reason as FullReason] as const),
  ...Object.keys(incrementalReasons).map((reason) => ['incremental', reason as IncrementalReason] as const),
];

/** The clause for people that goes with a code: "… because <clause>". */
export function explainReason(reason: Reason): string {
  return sentences[reason];
}
