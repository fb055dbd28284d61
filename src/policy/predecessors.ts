import type { Facts } from './facts.ts';

/**
 * Milliseconds, twice the 13 s that OpenShift gives the admission of one Build: a Build that got its number longer ago
 * is stored by now, or was refused.
 */
const longestAdmission = 26_000;

/**
 * Whether no Build of the same BuildConfig with a lower number can be on its way through another replica, with a tag
 * that is not known here. Numbers up to that of a Build that has been stored for a while are settled; each number after
 * it must be known.
 * @param number of the Build that asks; undefined if it has none, and then it shares no tag by its number either
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
