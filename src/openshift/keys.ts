/** Every label and annotation the webhook reads or writes, and nothing else may spell one out. */

const prefix = 's2i-incremental.io/';

/** Labels a user sets on a BuildConfig; OpenShift copies them to each Build. */
export const labels = {
  enabled: `${prefix}enabled`,
  incremental: `${prefix}incremental`,
  timestampTag: `${prefix}timestamp-tag`,
  assembleEnv: `${prefix}assemble-env`,
  assembleWrapper: `${prefix}assemble-wrapper`,
} as const;

/** Annotations a user may set on a BuildConfig; a Build does not inherit them. */
export const userAnnotations = {
  outputRepository: `${prefix}output-repository`,
  pullSecret: `${prefix}pull-secret`,
} as const;

/** Annotations the webhook writes. */
export const annotations = {
  origin: `${prefix}origin`,
  decision: `${prefix}decision`,
  reason: `${prefix}reason`,
  mode: `${prefix}mode`,
  originFrom: `${prefix}origin-from`,
  previousBuild: `${prefix}previous-build`,
  chainDepth: `${prefix}chain-depth`,
  chainStarted: `${prefix}chain-started`,
  chainFullSeconds: `${prefix}chain-full-seconds`,
  admittedAs: `${prefix}admitted-as`,
} as const;

/** OpenShift's own keys on a Build. */
export const openshiftKeys = {
  /** Label: the BuildConfig's name cut to 63 characters, so two long names can share it. */
  buildConfigLabel: 'openshift.io/build-config.name',
  /** Annotation: the BuildConfig's whole name. */
  buildConfigName: 'openshift.io/build-config.name',
  /** Annotation: the Build's number within its BuildConfig, decimal. */
  buildNumber: 'openshift.io/build.number',
  /** Annotation: the name of the Build this one was cloned from. */
  cloneOf: 'openshift.io/build.clone-of',
} as const;
