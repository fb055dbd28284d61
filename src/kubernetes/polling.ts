import { setTimeout as delay } from 'node:timers/promises';

/** Calls again and again until it is closed. */
export interface Polling {
  /** Resolves when the call that is under way has ended. */
  close(): Promise<void>;
}

/**
 * Calls at once, and after each call waits for what `wait` says of it.
 * @param call resolves whether it went well; must not reject
 * @param wait milliseconds, from how many calls in a row did not
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
