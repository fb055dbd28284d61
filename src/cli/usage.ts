import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line cannot be understood; the message says what is wrong. Exit status 2. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** The exit statuses of every command. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/**
 * The values of a command's options.
 * @throws UsageError for an option or argument that the command does not have
 */
export function parseOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** What was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
