import type { BuildOutcome } from './facts.ts';

/** What the Builds of one chain took, in seconds: medians. */
export interface ChainTimes {
  readonly full: number;
  readonly incremental: number;
}

/** A single Build may have waited for a node or a registry; of three, two tell. */
const compared = 3;

/**
 * Compares the newest three incremental Builds since the last full one with the full build of their chain; undefined
 * while there are fewer whose times are known. What came before that full build was built from another image, and does
 * not count.
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

/** The median of an odd number of values, the lower of the two in the middle of an even one; NaN of none. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length / 2) - 1] ?? Number.NaN;
}
