import type { Output } from './terminal.ts';

/** Shows how much of a long list was read, on a line that is rewritten until it is cleared. */
export interface Progress {
  /** Adds a number of objects. */
  add(count: number): void;
  clear(): void;
}

/** Milliseconds; a shorter list needs no line. */
const patience = 1_000;

/**
 * Returns the progress of a list.
 * @param stream standard error; the line is written only if it is a terminal
 * @param clock returns milliseconds since any moment
 */
export function createProgress(stream: Pick<Output, 'isTTY' | 'write'>, what: string, clock: () => number): Progress {
  const started = clock();
  let [count, isShown] = [0, false];
  return {
    add(more) {
      count += more;
      if (!stream.isTTY || clock() - started < patience) return;
      isShown = true;
      stream.write(`\r${what}: ${count} so far …`);
    },
    clear() {
      // ECMA-48 "erase to the end of the line", which every terminal supports.
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
