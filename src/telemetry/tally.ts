import type { Counter } from 'prom-client';

/** Under some labels, what was counted since it was last handed over. */
interface Count {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

/**
 * What is counted at every request, added up until the client is asked for it: the client sorts and joins the labels at each
 * call, which takes longer than all other counting together.
 */
export class Tally {
  /** By the values of the first label, then of the second. Maps in maps, because a text of both would have to be made to be looked up. */
  readonly #counts = new Map<string, Map<string, Count>>();
  readonly #labelsOf: (first: string, second: string) => Readonly<Record<string, string>>;

  /** @param labelsOf all labels of what is counted under two values that determine them */
  constructor(labelsOf: (first: string, second: string) => Readonly<Record<string, string>>) {
    this.#labelsOf = labelsOf;
  }

  add(first: string, second: string): void {
    let counts = this.#counts.get(first);
    if (counts === undefined) this.#counts.set(first, (counts = new Map<string, Count>()));
    const known = counts.get(second);
    if (known === undefined) counts.set(second, { labels: this.#labelsOf(first, second), count: 1 });
    else known.count += 1;
  }

  /** Moves what was counted into the client's counter. */
  handOver(counter: Counter): void {
    for (const counts of this.#counts.values()) {
      for (const entry of counts.values()) {
        counter.inc(entry.labels, entry.count);
        entry.count = 0;
      }
    }
  }
}
