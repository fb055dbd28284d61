import type { IssuedTag } from '../policy/tag.ts';

/**
 * Minutes, two hours: a tag is a time not before the one it was issued at, so an older entry could only matter in the hour that
 * the clocks repeat in autumn.
 */
const keepFor = 120;

/** A sweep looks at every series: some milliseconds for those of 20,000 BuildConfigs, once in ten minutes. */
const sweepEvery = 600_000;

/** The tags this process has given out: of each series the last position. Times are milliseconds since the epoch. */
export class IssuedTags {
  /** Issued at a minute, not a millisecond: a small integer takes no memory of its own. */
  readonly #series = new Map<string, { position: number; minute: number }>();
  #swept = 0;

  /** The last position given out in a series, or undefined. */
  upTo(series: string): number | undefined {
    return this.#series.get(series)?.position;
  }

  /** Notes that a tag was given out, and forgets series that are long past. */
  record({ series, position }: IssuedTag, now: number): void {
    const minute = Math.floor(now / 60_000);
    const known = this.#series.get(series);
    if (known === undefined) this.#series.set(series, { position, minute });
    else {
      known.position = position;
      known.minute = minute;
    }
    if (Math.abs(now - this.#swept) < sweepEvery) return;
    this.#swept = now;
    for (const [other, issued] of this.#series) if (minute - issued.minute > keepFor) this.#series.delete(other);
  }
}
