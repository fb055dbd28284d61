import type { BuildOutcome } from './facts.ts';

/** Holds the median durations of the compared incremental Builds and of their chain's full build, in seconds. */
export interface ChainTimes {
  readonly full: number;
  readonly incremental: number;
}

/**
 * The number of Builds to compare. One alone may have waited for a node or a registry; the median of three ignores it.
 */
const compared = 3;

/**
 * Returns the times of the newest three incremental Builds since the last full build, and of the full build of their
 * chain; undefined if fewer have known times. Builds before that full build are ignored: they were built from another
 * image.
 * @param outcomes newest first
 */
export function chainTimesOf(outcomes: readonly BuildOutcome[]): ChainTimes | undefined {
  const full = outcomes.findIndex(({ continued, succeeded }) => succeeded && !continued);
  const times = outcomes
    .slice(0, full === -1 ? undefined : full)
    .flatMap(({ continued, seconds, chainFullSeconds }) =>
      continued && seconds !== undefined && chainFullSeconds !== undefined ? { seconds, chainFullSeconds } : [],
    )
    .slice(0, compared);
  if (times.length < compared) return undefined;
  return {
    full: medianOf(times.map(({ chainFullSeconds }) => chainFullSeconds)),
    incremental: medianOf(times.map(({ seconds }) => seconds)),
  };
}

/** Holds the durations of a Build, as its outcome has them. */
export type TimedOutcome = Pick<BuildOutcome, 'continued' | 'seconds' | 'chainFullSeconds'>;

/**
 * Returns the durations in seconds of the complete full and incremental Builds. If there is no full one, those that the
 * incremental ones recorded of their chains' full builds are used.
 */
export function buildTimesOf(builds: readonly TimedOutcome[]): Record<'full' | 'incremental', readonly number[]> {
  const timesOf = (wanted: boolean) =>
    builds.flatMap(({ continued, seconds }) => (continued === wanted ? (seconds ?? []) : []));
  const full = timesOf(false);
  const recorded = builds.flatMap(({ chainFullSeconds }) => chainFullSeconds ?? []);
  return { full: full.length > 0 ? full : recorded, incremental: timesOf(true) };
}

/** Returns the median; the lower of the middle two if their number is even, NaN if there are none. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length / 2) - 1] ?? Number.NaN;
}
