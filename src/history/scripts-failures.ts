import type { JsonObject } from '../openshift/json.ts';
import { scriptsAddressOf, scriptsFailureOf } from './earlier-build.ts';

/** An address changes when the webhook's scripts or configuration do; what is older than that is of no use. */
const maxAddresses = 4;

/** When the Builds of a namespace could not fetch their scripts: of each of the last addresses the newest time. */
export class ScriptsFailures {
  /** The one noted longest ago comes first. Times are milliseconds since the epoch. */
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
   * When Builds last could not fetch scripts of that address, whatever the profile; undefined: never, as far as is
   * known.
   */
  at(scripts: string): number | undefined {
    return this.#times.get(scriptsAddressOf(scripts));
  }
}
