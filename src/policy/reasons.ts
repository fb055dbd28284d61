import { fullBuildRules } from './full-build-rules.ts';

/** This file has the reasons of every plan: a code for programs and a sentence for people. */

const incrementalReasons = {
  continued: 'it continues from the previous image',
} as const;

const buildConfigReasons = {
  opted_in: 'it opted in',
  origin_updated: 'its original settings changed and were recorded again',
  opted_out: 'it opted out, so its original settings were restored',
} as const;

const updateReasons = {
  annotations_restored: 'an update changed its read-only annotations',
} as const;

const skipReasons = {
  not_opted_in: 'it has not opted in',
  build_config_opted_out: 'its BuildConfig has opted out since the Build it clones',
  strategy_unsupported: 'only Builds with Source strategy can be incremental',
  already_admitted: 'it was already admitted',
  nothing_to_do: 'there is nothing to change',
  origin_unreadable: 'the record of its original settings cannot be read, and is kept',
  origin_too_large: 'the record of its original settings would not fit into its annotations',
  build_too_large: 'it would be too large for the environment of its pod',
  build_announced: 'its user got a warning that says what the Build will be',
  build_unknown: 'what the Build will be is not known',
  resource_unsupported: 'it is neither a Build nor a BuildConfig',
  internal_error: 'the webhook had an internal error',
  deadline_exceeded: 'the webhook exceeded its deadline',
} as const;

/** Lists the sentences of all reasons but those of full builds, which `fullBuildRules` has. */
export const otherReasons = { ...incrementalReasons, ...buildConfigReasons, ...updateReasons, ...skipReasons } as const;

/** Says why a Build is full. */
export type FullReason = (typeof fullBuildRules)[number]['code'];
/** Says why a Build is incremental. */
export type IncrementalReason = keyof typeof incrementalReasons;
/** Says why a BuildConfig is changed. */
export type BuildConfigReason = keyof typeof buildConfigReasons;
/** Says why an update of a Build is changed. */
export type UpdateReason = keyof typeof updateReasons;
/** Says why an object is skipped. */
export type SkipReason = keyof typeof skipReasons;
/** Says why a plan is what it is. */
export type Reason = FullReason | IncrementalReason | BuildConfigReason | UpdateReason | SkipReason;

const sentences: Readonly<Record<Reason, string>> = {
  ...sentencesOfRules(),
  ...otherReasons,
};

/** Lists every decision about a Build with each of its possible reasons. */
export const buildDecisions: readonly (readonly [decision: 'full' | 'incremental', reason: Reason])[] = [
  ...fullBuildRules.map(({ code }) => ['full', code] as const),
  ...Object.keys(incrementalReasons).map((reason) => ['incremental', reason as IncrementalReason] as const),
];

/** Returns whether this version knows a code of a full or incremental build; a later version may record others. */
export function isBuildReason(code: string): code is FullReason | IncrementalReason {
  return buildDecisions.some(([, reason]) => reason === code);
}

/** Returns the sentence for a code, which completes "… because <sentence>". */
export function explainReason(reason: Reason): string {
  return sentences[reason];
}

function sentencesOfRules(): Record<FullReason, string> {
  return Object.fromEntries(fullBuildRules.map(({ code, sentence }) => [code, sentence])) as Record<FullReason, string>;
}
