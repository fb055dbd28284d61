import type { BuildConfigIdentity } from '../openshift/build.ts';

/**
 * This file has the facts that a plan depends on. All are read before planning starts. Times are milliseconds since the
 * epoch.
 */

/** Selects the history of one BuildConfig. */
export interface HistoryQuery {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The value of the label that the Builds of the BuildConfig share. */
  readonly label: string;
  /** The Build that is being admitted, which is excluded, and its number. */
  readonly build: string;
  readonly number: number | undefined;
}

/** Describes the newest complete Build that a new one can continue from. */
export interface PreviousBuild {
  readonly name: string;
  readonly number: number;
  /** Creation time; undefined if unknown. */
  readonly createdAt: number | undefined;
  /** `repository@digest`, or `repository:tag` with a tag that the webhook issued. */
  readonly image: string;
  /** The number of incremental Builds in its chain up to this one; 0 for a full build. */
  readonly chainDepth: number;
  readonly chainStarted: number | undefined;
  /** Duration in seconds of the full build that started the chain. */
  readonly chainFullSeconds: number | undefined;
  /** Whether it was a full build because incremental builds saved nothing. */
  readonly savedNothing: boolean;
  /** Whether it ran with the assemble wrapper, or its label said that it needs none. */
  readonly hadWrapper: boolean;
  /** The base image that its chain started from, as `recordedBase` returns it. */
  readonly baseImage: string;
  /** Source repository and folder, as `sourceOf` returns them. */
  readonly source: string;
  /** The other inputs of its source, as `buildInputsOf` returns them. */
  readonly inputs: string;
  /** The names in its strategy's env; its image has all of them. */
  readonly envNames: readonly string[];
  /**
   * Whether `baseImage`, `source`, `inputs` and `envNames` were too long to keep and are empty; then no Build may
   * continue from it.
   */
  readonly isTooLarge: boolean;
}

/** Describes how an earlier Build ended. */
export interface BuildOutcome {
  readonly name: string;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  /** True: Complete; false: Failed or Error. */
  readonly succeeded: boolean;
  /** Completion time, else creation time; undefined if it succeeded or both are unknown. */
  readonly failedAt: number | undefined;
  /** Duration in whole seconds; undefined unless it succeeded and the duration is known. */
  readonly seconds: number | undefined;
  /** Duration in seconds of the full build that started its chain; undefined for a full build, or if unknown. */
  readonly chainFullSeconds: number | undefined;
}

/** Describes the namespace of a Build or BuildConfig. */
export interface NamespaceFacts {
  readonly name: string;
  /** Whether the namespace opts in objects without the label; false also if it was not read. */
  readonly optedIn: boolean;
  /** Its labels that are defaults for its BuildConfigs; empty if they were not read. */
  readonly labels: Readonly<Partial<Record<string, string>>>;
}

/** Holds the settings of a BuildConfig that its Builds do not inherit. */
export interface BuildConfigFacts {
  /** The value of its opt-in label; undefined without the label, then the namespace decides. */
  readonly optedIn: boolean | undefined;
  /** The `…/output-repository` annotation, as written. */
  readonly outputRepository: string | undefined;
  /** The `…/pull-secret` annotation, as written. */
  readonly pullSecret: string | undefined;
  /** Its own `sourceStrategy.incremental`. */
  readonly incremental: boolean | undefined;
}

/** Holds what the earlier Builds of one BuildConfig left behind. */
export interface BuildConfigHistory {
  /** Undefined if the BuildConfig was deleted, or deleted and created again. */
  readonly buildConfig: BuildConfigFacts | undefined;
  /** Whether there is an earlier opted-in Build. */
  readonly hasBuilds: boolean;
  readonly previous: PreviousBuild | undefined;
  /** The finished Builds that were not cancelled, newest first; at most 20. */
  readonly outcomes: readonly BuildOutcome[];
  /** The numbers and creation times of the existing Builds, in any order. */
  readonly numbers: readonly { readonly number: number; readonly createdAt: number | undefined }[];
  /**
   * The output references of all existing opted-in Builds of any BuildConfig, finished or not. One in 40,000 others can
   * be among them.
   */
  readonly references: Pick<ReadonlySet<string>, 'has'>;
  /**
   * Returns when a Build of the namespace last failed to fetch scripts from that address, ignoring its last segment
   * (the profile); undefined if none is known.
   */
  readonly scriptsFailedAt: (scripts: string) => number | undefined;
}

/** Returns the last position that was issued in a series of tags (see `IssuedTag`); undefined if none. */
export type IssuedUpTo = (series: string) => number | undefined;

/** Holds everything that a plan knows about the cluster. */
export interface Facts {
  /** Undefined for a Build without BuildConfig. */
  readonly history: BuildConfigHistory | 'unavailable' | undefined;
  readonly issuedUpTo: IssuedUpTo;
  /** Whether the registry has the previous image; `unchecked` if it was not asked or did not answer in time. */
  readonly previousImage: 'present' | 'missing' | 'unchecked';
  /** The digest that the tag of the base image has now; undefined if unknown. */
  readonly baseDigest: string | undefined;
  /** Whether the cluster's BuildDefaults give every build pod a proxy for the address of the wrapper. */
  readonly isProxied: boolean;
}
