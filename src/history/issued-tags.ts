import type { IssuedTag } from '../policy/plan.ts';
import { fingerprintOf } from './fingerprint.ts';

/**
 * Two hours, in milliseconds. A tag's time is never earlier than its issue. So a tag that was issued earlier could be
 * issued again only in the hour that clocks repeat in autumn. A tag issued two hours in the future came from a wrong
 * clock.
 */
const keepFor = 7_200_000;

/** Milliseconds between two removals of old tags. */
const sweepEvery = 60_000;

/**
 * Limits the series to more than a large cluster builds within two hours; they take 5 MB. Beyond the limit the oldest
 * are forgotten. That matters only until the watch reports the Builds, whose tags count as used.
 */
const defaultMaxSeries = 50_000;

/** The last tag of a series. */
interface LastTag {
  readonly position: number;
  readonly at: number;
}

/**
 * Keeps the last position of each series of tags that this process issued, for two hours. Times are milliseconds since
 * the epoch. Series are kept as fingerprints; if two have the same one, the tags of both advance together.
 */
export class IssuedTags {
  /** By the fingerprint of the series, ordered from the oldest. */
  readonly #lastTags = new Map<number, LastTag>();
  readonly #maxSeries: number;
  /** When old tags were last removed. */
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(maxSeries = defaultMaxSeries) {
    this.#maxSeries = maxSeries;
  }

  /** Returns the last position issued in a series; undefined if none. */
  upTo(series: string, now: number): number | undefined {
    const last = this.#lastTags.get(fingerprintOf(series));
    return last !== undefined && isRecent(last, now) ? last.position : undefined;
  }

  /** Records an issued tag, and forgets those that are too old or too many. */
  record({ series, position }: IssuedTag, now: number): void {
    const key = fingerprintOf(series);
    this.#lastTags.delete(key);
    this.#lastTags.set(key, { position, at: now });
    // Not on each call, because finding a map's first key skips the deleted ones before it.
    if (this.#lastTags.size <= this.#maxSeries && Math.abs(now - this.#sweptAt) < sweepEvery) return;
    this.#sweptAt = now;
    for (const [oldest, last] of this.#lastTags) {
      if (this.#lastTags.size <= this.#maxSeries && isRecent(last, now)) return;
      this.#lastTags.delete(oldest);
    }
  }
}

function isRecent({ at }: LastTag, now: number): boolean {
  return Math.abs(now - at) < keepFor;
}
