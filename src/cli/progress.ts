import type { Output } from './terminal.ts';

/** A line that tells how far a long listing is, in its place until it is cleared. */
export interface Progress {
  /** So many more were read. */
  add(count: number): void;
  clear(): void;
}

/** A listing that is done within this, in milliseconds, needs no line. */
const patience = 1_000;

/**
 * @param stream standard error: the line is written only where that is a terminal
 * @param clock milliseconds since any moment
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
      // "Erase to the end of the line" of ECMA-48, which every terminal knows.
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
