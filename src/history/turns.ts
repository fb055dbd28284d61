/** Lets only so many do something at once; who comes later waits for a turn, in order. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Does something as soon as there is a turn for it.
   * @throws what the signal says where it aborts before; otherwise as `action`
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

  /** Resolves once a turn is handed over. */
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
