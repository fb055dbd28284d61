import type { IssuedTag } from '../policy/plan.ts';

/**
 * Milliseconds, two hours: a tag is a time not before the one it was issued at, so an older one could only matter in
 * the hour that the clocks repeat in autumn. One that was issued so long after now is of a clock that was wrong.
 */
const keepFor = 7_200_000;

/**
 * Bytes: that of 30,000 series, more than the BuildConfigs of a large cluster that all build within two hours. Whoever
 * sends more series than that has the oldest forgotten; the Builds that the watch knows count as used anyway, so what
 * is lost matters only until the watch tells of them.
 */
const defaultMaxBytes = 8 * 1024 * 1024;

/** The last tag of a series. */
interface Issued {
  readonly position: number;
  readonly at: number;
}

/**
 * The tags this process has given out: of each series the last position, for two hours. Times are milliseconds since
 * the epoch.
 */
export class IssuedTags {
  /** The one issued longest ago comes first. */
  readonly #issued = new Map<string, Issued>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = defaultMaxBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the last position given out in a series, or undefined. */
  upTo(series: string, now: number): number | undefined {
    const issued = this.#issued.get(series);
    return issued !== undefined && counts(issued, now) ? issued.position : undefined;
  }

  /** Notes that a tag was given out, and forgets what is long past or too much. */
  record({ series, position }: IssuedTag, now: number): void {
    this.#forget(series);
    this.#issued.set(series, { position, at: now });
    this.#bytes += sizeOf(series);
    for (const [oldest, issued] of this.#issued) {
      if (this.#bytes <= this.#maxBytes && counts(issued, now)) return;
      this.#forget(oldest);
    }
  }

  #forget(series: string): void {
    if (this.#issued.delete(series)) this.#bytes -= sizeOf(series);
  }
}

function counts({ at }: Issued, now: number): boolean {
  return Math.abs(now - at) < keepFor;
}

/** Bytes that a series takes, with its place in the map and what is kept of it. */
function sizeOf(series: string): number {
  return series.length + 150;
}
