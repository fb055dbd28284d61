import { fingerprintOf } from './fingerprint.ts';

/**
 * Counts the Builds with each output reference. It keeps a number for each reference, which takes a fifth of the memory
 * of the text. Two references can have the same number. With 100,000 Builds, one new reference in 40,000 therefore
 * counts as used; its Build gets the next free tag instead.
 */
export class UsedReferences {
  readonly #counts = new Map<number, number>();

  /** Adds or removes a Build with the reference of a fingerprint; undefined: it has no reference. */
  count(fingerprint: number | undefined, change: 1 | -1): void {
    if (fingerprint === undefined) return;
    const count = (this.#counts.get(fingerprint) ?? 0) + change;
    if (count === 0) this.#counts.delete(fingerprint);
    else this.#counts.set(fingerprint, count);
  }

  has(reference: string): boolean {
    return this.#counts.has(fingerprintOf(reference));
  }
}
