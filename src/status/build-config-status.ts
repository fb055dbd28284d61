import { compareAge } from '../history/earlier-build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { formatTime, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { medianOf } from '../policy/chain-times.ts';
import type { BuildSummary, SummarizedDecision } from './build-summary.ts';

/** A Build and how long it took, in whole seconds. */
export interface TimedBuild {
  readonly build: string;
  readonly seconds: number;
}

/** Where an opted-in BuildConfig stands, as `status -o json` prints it. Null: there is none, or it is not known. */
export interface BuildConfigStatus {
  readonly namespace: string;
  readonly name: string;
  /** Its newest Build; the decision is null where the webhook did not admit it. */
  readonly last: {
    readonly build: string;
    readonly phase: string;
    readonly decision: 'incremental' | 'full' | null;
    readonly reason: string | null;
    readonly from: string | null;
  } | null;
  /** Where the newest Build is in its chain: 0 is the full one at its start. */
  readonly chain: { readonly depth: number; readonly limit: number | null; readonly started: string | null } | null;
  /** What the next Build can continue from. */
  readonly previous: { readonly build: string; readonly image: string } | null;
  readonly lastFull: TimedBuild | null;
  readonly lastIncremental: TimedBuild | null;
  /** Of the Complete Builds that still exist; where no full one does, of those that their chains started with. */
  readonly medianSeconds: { readonly full: number | null; readonly incremental: number | null };
  /** Whether three incremental Builds or more took as long as full ones, or longer. */
  readonly savesNothing: boolean;
  /** Over the incremental Builds that still exist; null where there are some and it is known of none. */
  readonly savedSeconds: number | null;
}

/**
 * Puts a BuildConfig's Builds into one row.
 * @param builds of this BuildConfig, in any order
 * @param limit the depth a chain may have; undefined: not known
 */
export function createStatus(
  buildConfig: JsonObject,
  builds: readonly BuildSummary[],
  limit: number | undefined,
): BuildConfigStatus {
  const newestFirst = builds.toSorted((one, other) => compareAge(other, one));
  const last = newestFirst[0];
  const depth = last?.recorded?.chainDepth;
  const times = timesOf(builds);
  return {
    namespace: namespaceOf(buildConfig),
    name: nameOf(buildConfig),
    last:
      last === undefined
        ? null
        : {
            build: last.name,
            phase: last.phase,
            decision: last.recorded?.decision ?? null,
            reason: last.recorded?.reason ?? null,
            from: last.from ?? null,
          },
    chain: depth === undefined ? null : { depth, limit: limit ?? null, started: startedAt(last?.recorded) },
    previous: firstOf(newestFirst, ({ name, image }) => (image === undefined ? undefined : { build: name, image })),
    lastFull: firstOf(newestFirst, (build) => timed(build, 'full')),
    lastIncremental: firstOf(newestFirst, (build) => timed(build, 'incremental')),
    medianSeconds: { full: middleOf(times.full), incremental: middleOf(times.incremental) },
    savesNothing: times.incremental.length >= 3 && medianOf(times.incremental) >= medianOf(times.full),
    savedSeconds: savedBy(newestFirst),
  };
}

function startedAt(recorded: SummarizedDecision | undefined): string | null {
  return recorded?.chainStarted === undefined ? null : formatTime(recorded.chainStarted);
}

function timed({ name, seconds, recorded }: BuildSummary, decision: 'full' | 'incremental'): TimedBuild | undefined {
  return seconds === undefined || recorded?.decision !== decision ? undefined : { build: name, seconds };
}

/** How long the Builds of each kind took. */
function timesOf(builds: readonly BuildSummary[]): Record<'full' | 'incremental', readonly number[]> {
  const secondsOf = (decision: 'full' | 'incremental') =>
    builds.flatMap((build) => timed(build, decision)?.seconds ?? []);
  const full = secondsOf('full');
  const recorded = builds.flatMap(({ recorded }) => recorded?.chainFullSeconds ?? []);
  return { full: full.length > 0 ? full : recorded, incremental: secondsOf('incremental') };
}

function middleOf(seconds: readonly number[]): number | null {
  return seconds.length === 0 ? null : medianOf(seconds);
}

/**
 * What each incremental Build took less than the full Build its chain started from: as recorded, else than the newest
 * full Build before it that still exists. One that took longer saved nothing, and takes nothing away from the others.
 */
function savedBy(newestFirst: readonly BuildSummary[]): number | null {
  const saved = newestFirst.flatMap((build, index) => {
    const own = timed(build, 'incremental');
    if (own === undefined) return [];
    const baseline =
      build.recorded?.chainFullSeconds ??
      firstOf(newestFirst.slice(index + 1), (earlier) => timed(earlier, 'full'))?.seconds;
    return [baseline === undefined ? undefined : Math.max(0, baseline - own.seconds)];
  });
  const known = saved.filter((seconds) => seconds !== undefined);
  return saved.length > 0 && known.length === 0 ? null : known.reduce((sum, seconds) => sum + seconds, 0);
}

function firstOf<T>(builds: readonly BuildSummary[], choose: (build: BuildSummary) => T | undefined): T | null {
  for (const build of builds) {
    const chosen = choose(build);
    if (chosen !== undefined) return chosen;
  }
  return null;
}
