import type { IssuedTag } from '../policy/plan.ts';

/**
 * Two hours, in milliseconds. A tag's time is never earlier than its issue. So a tag that was issued earlier could be
 * issued again only in the hour that clocks repeat in autumn. A tag issued two hours in the future came from a wrong
 * clock.
 */
const keepFor = 7_200_000;

/** Milliseconds between two removals of old tags. */
const sweepEvery = 60_000;

/**
 * Bytes for 30,000 series, more than a large cluster builds within two hours. Beyond the limit the oldest are
 * forgotten. That matters only until the watch reports the Builds, whose tags count as used.
 */
const defaultMaxBytes = 8 * 1024 * 1024;

/** The last tag of a series. */
interface LastTag {
  readonly position: number;
  readonly at: number;
}

/**
 * Keeps the last position of each series of tags that this process issued, for two hours. Times are milliseconds since
 * the epoch.
 */
export class IssuedTags {
  /** Ordered from the oldest. */
  readonly #lastTags = new Map<string, LastTag>();
  readonly #maxBytes: number;
  #bytes = 0;
  /** When old tags were last removed. */
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(maxBytes = defaultMaxBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the last position issued in a series; undefined if none. */
  upTo(series: string, now: number): number | undefined {
    const last = this.#lastTags.get(series);
    return last !== undefined && isRecent(last, now) ? last.position : undefined;
  }

  /** Records an issued tag, and forgets those that are too old or too many. */
  record({ series, position }: IssuedTag, now: number): void {
    this.#forget(series);
    this.#lastTags.set(series, { position, at: now });
    this.#bytes += sizeOf(series);
    // Not on each call, because finding a map's first key skips the deleted ones before it.
    if (this.#bytes <= this.#maxBytes && Math.abs(now - this.#sweptAt) < sweepEvery) return;
    this.#sweptAt = now;
    for (const [oldest, last] of this.#lastTags) {
      if (this.#bytes <= this.#maxBytes && isRecent(last, now)) return;
      this.#forget(oldest);
    }
  }

  #forget(series: string): void {
    if (this.#lastTags.delete(series)) this.#bytes -= sizeOf(series);
  }
}

function isRecent({ at }: LastTag, now: number): boolean {
  return Math.abs(now - at) < keepFor;
}

/** Returns the approximate bytes of a series. */
function sizeOf(series: string): number {
  return series.length + 150;
}
