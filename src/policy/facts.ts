import type { BuildConfigIdentity } from '../openshift/build.ts';

/** What a plan is told of the world: everything was read before planning starts. Times are milliseconds since the epoch. */

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
  /** `repository@digest`, or `repository:tag` with a tag that was issued here. */
  readonly image: string;
  /** Builds since the full one that started its chain. */
  readonly chainDepth: number;
  readonly chainStarted: number | undefined;
  /** Seconds that the full build took which started its chain. */
  readonly chainFullSeconds: number | undefined;
  /** The base that its chain started from, `Kind/name`. */
  readonly originFrom: string;
  /** Its source repository and the folder in it. */
  readonly source: string;
  /** The names of its strategy's env: all of them are in its image. */
  readonly envNames: readonly string[];
}

/** What the BuildConfig of a Build says that its Builds do not inherit. */
export interface BuildConfigFacts {
  readonly optedIn: boolean;
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
  /** Output references of the Builds that exist, finished or not. */
  readonly references: Pick<ReadonlySet<string>, 'has'>;
}

/** The last position given out in each series of tags. */
export type IssuedUpTo = (series: string) => number | undefined;

export interface Facts {
  /** Undefined for a Build without BuildConfig. */
  readonly history: BuildConfigHistory | 'unavailable' | undefined;
  readonly issuedUpTo: IssuedUpTo;
}
