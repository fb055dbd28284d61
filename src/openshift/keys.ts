/** This file has every label and annotation that the webhook reads or writes. No other file spells one out. */

const prefix = 's2i-incremental.io/';

/**
 * Lists the labels that users set on a BuildConfig or namespace. OpenShift copies those of a BuildConfig to its Builds.
 */
export const labels = {
  enabled: `${prefix}enabled`,
  incremental: `${prefix}incremental`,
  timestampTag: `${prefix}timestamp-tag`,
  assembleEnv: `${prefix}assemble-env`,
  assembleWrapper: `${prefix}assemble-wrapper`,
} as const;

/** Lists the annotations that users may set on a BuildConfig; Builds do not inherit them. */
export const userAnnotations = {
  outputRepository: `${prefix}output-repository`,
  pullSecret: `${prefix}pull-secret`,
} as const;

/** Lists the annotations that the webhook writes. */
export const annotations = {
  origin: `${prefix}origin`,
  decision: `${prefix}decision`,
  reason: `${prefix}reason`,
  mode: `${prefix}mode`,
  baseImage: `${prefix}origin-from`,
  previousBuild: `${prefix}previous-build`,
  chainDepth: `${prefix}chain-depth`,
  chainStarted: `${prefix}chain-started`,
  chainFullSeconds: `${prefix}chain-full-seconds`,
  admittedAs: `${prefix}admitted-as`,
} as const;

/** Lists OpenShift's own keys on a Build. */
export const openshiftKeys = {
  /** Label: the BuildConfig's name, cut to 63 characters, so long names can share it. */
  buildConfigLabel: 'openshift.io/build-config.name',
  /** Annotation: the BuildConfig's full name. */
  buildConfigName: 'openshift.io/build-config.name',
  /** Annotation: the Build's number within its BuildConfig, decimal. */
  buildNumber: 'openshift.io/build.number',
  /** Annotation: the name of the Build that was cloned. */
  cloneOf: 'openshift.io/build.clone-of',
} as const;
