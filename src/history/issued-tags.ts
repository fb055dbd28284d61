import type { IssuedTag } from '../policy/plan.ts';

/**
 * Milliseconds, two hours: a tag is a time not before the one it was issued at, so an older entry could only matter in the hour that
 * the clocks repeat in autumn.
 */
const keepFor = 7_200_000;

/**
 * The tags this process has given out: of each series the last position, for two hours at least and four at most. Times are
 * milliseconds since the epoch.
 */
export class IssuedTags {
  /** Those of the last two hours or less, and those of the two hours before that are not among them. */
  #recent = new Map<string, number>();
  #older = new Map<string, number>();
  /** When the recent ones began. */
  #since = 0;

  /** The last position given out in a series, or undefined. */
  upTo(series: string): number | undefined {
    return this.#recent.get(series) ?? this.#older.get(series);
  }

  /** Notes that a tag was given out, and forgets series that are long past. */
  record({ series, position }: IssuedTag, now: number): void {
    if (Math.abs(now - this.#since) >= keepFor) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#since = now;
    }
    this.#older.delete(series);
    this.#recent.set(series, position);
  }
}
