import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two checks: short for the tests, long enough to leave processor time to others. */
const interval = 50;

/**
 * Checks repeatedly until there is a result, and returns it; a failed check counts as no result.
 * @throws Error after a number of seconds, with the last failure as its cause
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let cause: unknown;
  for (;;) {
    try {
      const result = await look();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for: ${what}`, { cause });
    await delay(interval);
  }
}

/** The awaited event cannot happen any more. */
export class GiveUp extends Error {}
