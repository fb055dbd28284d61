/** The command line is invalid; the message says why. Exit status 2. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** Lists the exit statuses of every command. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;
