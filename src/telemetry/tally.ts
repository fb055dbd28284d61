import type { Counter } from 'prom-client';

/** Labels and what was counted under them since they were last handed over. */
interface Count {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

/**
 * What is counted at every request, added up until the client is asked for it: the client sorts and joins the labels at each
 * call, which takes longer than all other counting together.
 */
export class Tally {
  readonly #counts = new Map<string, Count>();

  /** @param key tells these labels from all others */
  add(key: string, labels: Readonly<Record<string, string>>): void {
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels, count: 1 });
    else known.count += 1;
  }

  /** Moves what was counted into the client's counter. */
  handOver(counter: Counter): void {
    for (const entry of this.#counts.values()) {
      counter.inc(entry.labels, entry.count);
      entry.count = 0;
    }
  }
}
