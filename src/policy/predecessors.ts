import type { Facts } from './facts.ts';

/**
 * Milliseconds; twice the 13 s that OpenShift gives the admission of one Build. A Build that got its number longer ago
 * is either stored or rejected.
 */
const longestAdmission = 26_000;

/**
 * Returns whether the tags of all earlier Builds are known, so that no other replica is admitting one of them. Numbers
 * up to that of a Build stored longer than `longestAdmission` ago are settled; each later number must be known.
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
