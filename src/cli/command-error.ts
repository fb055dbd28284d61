/** A command cannot do its work; the message says why and what to do, in one line. Exit status 1. */
export class CommandError extends Error {
  readonly code = 'command_failed';
}
