import { compareAge } from '../history/earlier-build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { formatTime, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { type TimedOutcome, buildTimesOf, medianOf } from '../policy/chain-times.ts';
import type { BuildSummary, SummarizedDecision } from './build-summary.ts';

/** Holds a Build and its duration in whole seconds. */
export interface TimedBuild {
  readonly build: string;
  readonly seconds: number;
}

/** Holds a BuildConfig's row of `status`, as `status -o json` prints it. Null: none, or unknown. */
export interface BuildConfigStatus {
  readonly namespace: string;
  readonly name: string;
  /** Its newest Build; the decision is null if the webhook did not admit it. */
  readonly last: {
    readonly build: string;
    readonly phase: string;
    readonly decision: 'incremental' | 'full' | null;
    readonly reason: string | null;
    readonly from: string | null;
  } | null;
  /** The position of the newest Build in its chain; 0 is the full build. */
  readonly chain: { readonly depth: number; readonly limit: number | null; readonly started: string | null } | null;
  /** The image that the next Build can continue from. */
  readonly previous: { readonly build: string; readonly image: string } | null;
  readonly lastFull: TimedBuild | null;
  readonly lastIncremental: TimedBuild | null;
  /** Medians of the existing complete Builds; without a full one, of the recorded full builds of their chains. */
  readonly medianSeconds: { readonly full: number | null; readonly incremental: number | null };
  /** Whether at least three incremental Builds took as long as full ones, or longer. */
  readonly savesNothing: boolean;
  /** Total of the existing incremental Builds; null if unknown for all of them. */
  readonly savedSeconds: number | null;
}

/**
 * Creates the row of a BuildConfig.
 * @param builds of this BuildConfig, in any order
 * @param limit the depth a chain may have; undefined: unknown
 */
export function createStatus(
  buildConfig: JsonObject,
  builds: readonly BuildSummary[],
  limit: number | undefined,
): BuildConfigStatus {
  const newestFirst = builds.toSorted((one, other) => compareAge(other, one));
  const last = newestFirst[0];
  const depth = last?.recorded?.chainDepth;
  const times = buildTimesOf(builds.flatMap(outcomeOf));
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

function outcomeOf({ seconds, recorded }: BuildSummary): readonly TimedOutcome[] {
  if (recorded === undefined) return [];
  const { decision, chainFullSeconds } = recorded;
  return [{ continued: decision === 'incremental', seconds, chainFullSeconds }];
}

function middleOf(seconds: readonly number[]): number | null {
  return seconds.length === 0 ? null : medianOf(seconds);
}

/**
 * Returns the seconds that incremental Builds saved, compared with the full build of their chain: as recorded, else
 * with the newest earlier full Build that exists. A slower one counts as 0.
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
