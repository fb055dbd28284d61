import type { BuildConfigIdentity } from '../openshift/build.ts';

/**
 * What a plan is told of the world: everything was read before planning starts. Times are milliseconds since the epoch.
 */

/** Which Builds a history is asked for. */
export interface HistoryQuery {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The value of the label that the BuildConfig's Builds share. */
  readonly label: string;
  /** The Build that asks, and its number; it is no part of its own past. */
  readonly build: string;
  readonly number: number | undefined;
}

/** The newest Complete Build that a new one can continue from. */
export interface PreviousBuild {
  readonly name: string;
  readonly number: number;
  /** When it was created; undefined where it does not say. */
  readonly createdAt: number | undefined;
  /** `repository@digest`, or `repository:tag` with a tag that was issued here. */
  readonly image: string;
  /** Builds since the full one that started its chain. */
  readonly chainDepth: number;
  readonly chainStarted: number | undefined;
  /** Seconds that the full build took which started its chain. */
  readonly chainFullSeconds: number | undefined;
  /** Whether it was built in full because incremental builds saved nothing. */
  readonly savedNothing: boolean;
  /** Whether it ran under the assemble wrapper, or its label said that it needs none. */
  readonly hadWrapper: boolean;
  /** The base image that its chain started from, as recordedBase gives it. */
  readonly baseImage: string;
  /** Its source repository and the folder in it. */
  readonly source: string;
  /** The other inputs of its source, as `buildInputsOf` writes them. */
  readonly inputs: string;
  /** The names of its strategy's env: all of them are in its image. */
  readonly envNames: readonly string[];
  /**
   * Its `baseImage`, `source`, `inputs` and `envNames` were too long to keep and are empty: nothing may continue from
   * it.
   */
  readonly isTooLarge: boolean;
}

/** How an earlier Build ended. */
export interface BuildOutcome {
  readonly name: string;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  /** Whether it is Complete; else it is Failed or Error. */
  readonly succeeded: boolean;
  /** When it ended, or else was created; undefined where it says neither. */
  readonly at: number | undefined;
  /** How long it took, in whole seconds; undefined unless it succeeded and says so. */
  readonly seconds: number | undefined;
  /** Seconds that the full build took which started its chain; undefined for a full build, or if unknown. */
  readonly chainFullSeconds: number | undefined;
}

/** The namespace of a Build or BuildConfig. */
export interface NamespaceFacts {
  readonly name: string;
  /** Whether it opts in what does not say so itself; false also where nobody asked for it. */
  readonly optedIn: boolean;
  /** Those of its labels that are defaults for its BuildConfigs; empty where they are not read. */
  readonly labels: Readonly<Partial<Record<string, string>>>;
}

/** What the BuildConfig of a Build says that its Builds do not inherit. */
export interface BuildConfigFacts {
  /** What its label says; undefined: nothing, so that its namespace decides. */
  readonly optedIn: boolean | undefined;
  /** The `…/output-repository` annotation, as written. */
  readonly outputRepository: string | undefined;
  /** The `…/pull-secret` annotation, as written. */
  readonly pullSecret: string | undefined;
  /** Its own `sourceStrategy.incremental`. */
  readonly incremental: boolean | undefined;
}

/** What earlier Builds of the same BuildConfig left behind. */
export interface BuildConfigHistory {
  /** Undefined where the BuildConfig is gone or was made anew. */
  readonly buildConfig: BuildConfigFacts | undefined;
  /** Whether any opted-in Build came before. */
  readonly hasBuilds: boolean;
  readonly previous: PreviousBuild | undefined;
  /** The Builds that finished and were not cancelled, newest first; at most 20. */
  readonly outcomes: readonly BuildOutcome[];
  /**
   * The numbers of the Builds that exist, in any order, and when each Build was created (milliseconds since the epoch).
   */
  readonly numbers: readonly { readonly number: number; readonly createdAt: number | undefined }[];
  /** Output references of the opted-in Builds that exist, finished or not, of whichever BuildConfig. */
  readonly references: Pick<ReadonlySet<string>, 'has'>;
  /**
   * When a Build of the namespace last failed because its scripts could not be fetched from that address, whatever its
   * last segment (the profile); undefined: never, as far as is known.
   */
  readonly scriptsFailedAt: (scripts: string) => number | undefined;
}

/** The last position given out in each series of tags. */
export type IssuedUpTo = (series: string) => number | undefined;

export interface Facts {
  /** Undefined for a Build without BuildConfig. */
  readonly history: BuildConfigHistory | 'unavailable' | undefined;
  readonly issuedUpTo: IssuedUpTo;
  /** What the registry says of the previous image; `unchecked` where it was not asked, or gave no answer in time. */
  readonly previousImage: 'present' | 'missing' | 'unchecked';
  /** The digest that the tag of the base image means now; undefined where it is not known. */
  readonly baseDigest: string | undefined;
  /** Whether the cluster's BuildDefaults give every build pod a proxy for the address that the wrapper comes from. */
  readonly isProxied: boolean;
}
