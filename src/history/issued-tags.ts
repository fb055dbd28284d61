import type { IssuedTag } from '../policy/tag.ts';

/**
 * Two hours: a tag is a time not before the one it was issued at, so an older entry could only matter in the hour that
 * the clocks repeat in autumn.
 */
const keepFor = 2 * 3_600_000;

/** The tags this process has given out: of each series the last position. Times are milliseconds since the epoch. */
export class IssuedTags {
  /** In the order of issuing, oldest first. */
  readonly #series = new Map<string, { position: number; issuedAt: number }>();

  /** The last position given out in a series, or undefined. */
  upTo(series: string): number | undefined {
    return this.#series.get(series)?.position;
  }

  /** Notes that a tag was given out, and forgets series that are long past. */
  record({ series, position }: IssuedTag, now: number): void {
    this.#series.delete(series);
    this.#series.set(series, { position, issuedAt: now });
    for (const [oldest, { issuedAt }] of this.#series) {
      if (now - issuedAt <= keepFor) break;
      this.#series.delete(oldest);
    }
  }
}
