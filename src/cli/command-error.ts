/** A command cannot do what was asked; the message says why in one line, and how to mend it. Exit status 1. */
export class CommandError extends Error {
  readonly code = 'command_failed';
}
