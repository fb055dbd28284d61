/** Limits how many actions run at once; others wait in order. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs an action as soon as there is a turn for it.
   * @throws the signal's reason if it aborts before; otherwise what `action` throws
   */
  async take<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#free === 0) await this.#wait(signal);
    else this.#free -= 1;
    try {
      return await action();
    } finally {
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** Resolves when a turn is handed over. */
  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#waiting.delete(begin);
        signal.removeEventListener('abort', abort);
        settle();
      };
      const begin = () => end(resolve);
      const abort = () => end(() => reject(signal.reason as Error));
      if (signal.aborted) {
        abort();
        return;
      }
      this.#waiting.add(begin);
      signal.addEventListener('abort', abort);
    });
  }
}
