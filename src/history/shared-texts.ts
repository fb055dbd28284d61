/** Limits in characters and texts: about 1 MB. A base image has about 100 characters, and a cluster some dozens. */
const [maxLength, maxTexts] = [600, 1_000];

/** Keeps one copy of texts that many Builds have: each parsed Build has its own. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** Returns the kept copy of a text; the text itself if none is kept. */
  copyOf(text: string): string {
    const kept = this.#texts.get(text);
    if (kept !== undefined || text.length > maxLength) return kept ?? text;
    if (this.#texts.size >= maxTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
