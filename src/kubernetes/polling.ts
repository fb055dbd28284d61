import { setTimeout as delay } from 'node:timers/promises';

/** Calls a function repeatedly until it is closed. */
export interface Polling {
  /** Resolves when the running call has ended. */
  close(): Promise<void>;
}

/**
 * Calls a function at once, then again after each wait.
 * @param call resolves with whether it succeeded; must not reject
 * @param wait returns milliseconds for a number of failures in a row
 */
export function startPolling(
  call: (signal: AbortSignal) => boolean | Promise<boolean>,
  wait: (failures: number) => number,
): Polling {
  const closing = new AbortController();
  const run = async () => {
    let failures = 0;
    while (!closing.signal.aborted) {
      failures = (await call(closing.signal)) ? 0 : failures + 1;
      await delay(wait(failures), undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    close: () => {
      closing.abort();
      return running;
    },
  };
}
