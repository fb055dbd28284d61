import { messageOf } from '../config/message-of.ts';
import { type Command } from './command.ts';
import { commands } from './commands.ts';
import type { ProgramName } from './program-name.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

/** Codes of errors that users can fix; their messages are one line that says what is wrong and where. */
const userErrors = new Set(['listen', 'bad_input', 'certificate', 'command_failed']);

/**
 * Runs a command and resolves with the exit status. Errors that users can fix are printed as one line, without a stack.
 */
export async function dispatch([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr, program, version } = terminal;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? stderr : stdout).print(...renderHelp(program));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (name === '--version') {
    stdout.print(`s2i-incremental ${version}`);
    return exitCodes.ok;
  }
  const fail = (status: number, ...lines: readonly string[]) => {
    stderr.print(...lines.map((line) => `s2i-incremental: ${line}`));
    return status;
  };
  const command = commands.find((candidate) => candidate.name === name);
  try {
    if (command === undefined) {
      const names = commands.map((each) => each.name).join(', ');
      throw new UsageError(`there is no command ${JSON.stringify(name)}; there are ${names}`);
    }
    return await command.run(args, terminal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'invalid_config') {
      return fail(
        exitCodes.usage,
        ...messageOf(error)
          .split('\n')
          .map((problem) => `config: ${problem}`),
      );
    }
    if (code === 'usage') {
      const help = command === undefined ? '--help' : `${command.name} --help`;
      return fail(exitCodes.usage, messageOf(error), `${program} ${help} tells more`);
    }
    if (userErrors.has(code)) return fail(exitCodes.failure, messageOf(error));
    throw error;
  }
}

const audiences: Readonly<Record<Command['audience'], string>> = {
  developers: 'Commands for developers:',
  operators: 'Commands for those who run the webhook:',
};

function renderHelp(program: ProgramName): readonly string[] {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const sections = Object.entries(audiences).flatMap(([audience, title]) => [
    '',
    title,
    ...commands
      .filter((command) => command.audience === audience)
      .map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
  ]);
  return [
    `Usage: ${program} <command> [options]`,
    ...sections,
    '',
    `${program} <command> --help shows its options; ${program} --version shows the version.`,
  ];
}
