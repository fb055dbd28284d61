import { setTimeout as delay } from 'node:timers/promises';

/**
 * Milliseconds between two looks: short beside anything that is waited for, long enough to leave the processor to it.
 */
const interval = 50;

/**
 * Looks again and again until there is something to see, and returns it; a look that fails counts as nothing to see.
 * @throws Error after the given seconds, with the last failure as its cause
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
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for: ${what}`, { cause });
    await delay(interval);
  }
}

/** What is waited for cannot come any more. */
export class GiveUp extends Error {}
