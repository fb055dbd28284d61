import type { JsonObject } from '../openshift/json.ts';
import { scriptsAddressOf, scriptsFailureOf } from './earlier-build.ts';

/** An address changes only with the webhook's scripts or configuration, so older ones do not matter. */
const maxAddresses = 4;

/** Keeps the newest time at which Builds of a namespace failed to fetch scripts, for each of the last addresses. */
export class ScriptsFailures {
  /** Ordered from the oldest. Times are milliseconds since the epoch. */
  readonly #times = new Map<string, number>();

  note(build: JsonObject): void {
    const failure = scriptsFailureOf(build);
    if (failure === undefined || failure.at <= (this.#times.get(failure.address) ?? -Infinity)) return;
    this.#times.delete(failure.address);
    this.#times.set(failure.address, failure.at);
    const [oldest] = this.#times.keys();
    if (this.#times.size > maxAddresses && oldest !== undefined) this.#times.delete(oldest);
  }

  /**
   * Returns when a Build last failed to fetch scripts from that address, for any profile; undefined if none is known.
   */
  at(scripts: string): number | undefined {
    return this.#times.get(scriptsAddressOf(scripts));
  }
}
