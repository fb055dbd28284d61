import type { Facts } from './facts.ts';

/**
 * Milliseconds: twice the 13 s that OpenShift gives the admission of one Build. Each Build that got its number longer
 * ago is stored or was rejected.
 */
const longestAdmission = 26_000;

/**
 * Returns whether the tags of all Builds with a lower number are known: no replica is still admitting one of them.
 * Numbers are given in order. So if a Build was stored more than `longestAdmission` ago, all numbers up to its own are
 * settled. Of the later numbers, each must be among the known Builds.
 * @param number of the Build; true if undefined, because then no tag depends on it
 * @param now milliseconds since the epoch
 */
export function arePredecessorsKnown(history: Facts['history'], number: number | undefined, now: number): boolean {
  if (history === undefined || number === undefined || number <= 1) return true;
  if (history === 'unavailable') return false;
  const earlier = history.numbers.filter((build) => build.number < number);
  const settled = earlier.filter(({ createdAt }) => createdAt === undefined || now - createdAt > longestAdmission);
  const settledUpTo = Math.max(0, ...settled.map((build) => build.number));
  const known = new Set(earlier.map((build) => build.number).filter((each) => each > settledUpTo));
  return known.size === number - 1 - settledUpTo;
}
