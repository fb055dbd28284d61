import { CertificateError } from './certificates/certificate-source.ts';
import { assembleScript } from './cli/assemble-script.ts';
import { CommandError } from './cli/command-error.ts';
import { demo } from './cli/demo.ts';
import { disable, enable } from './cli/enable.ts';
import { explain } from './cli/explain.ts';
import { preview } from './cli/preview.ts';
import { type ProgramName, programNameOf } from './cli/program-name.ts';
import { InputError } from './cli/read-objects.ts';
import { serve } from './cli/serve.ts';
import { status } from './cli/status.ts';
import { UsageError, exitCodes } from './cli/usage.ts';
import { ConfigError } from './config/load-config.ts';
import { ListenError } from './server/listener.ts';
import { messageOf } from './config/message-of.ts';

const help = (program: ProgramName) => `Usage: ${program} <command> [options]

Commands for developers:
  status    show where the opted-in BuildConfigs stand, and what it saved
  enable    opt BuildConfigs in
  disable   opt BuildConfigs out
  explain   tell why a Build is what it is

Commands for those who run the webhook:
  serve     run the webhook
  preview   show what the webhook would do to BuildConfigs and Builds in files
  demo      a short story with a webhook of its own, no cluster needed
  assemble-script
            print the assemble wrapper, to keep it in a repository

${program} <command> --help tells more.
`;

type Command = (args: readonly string[], environment: NodeJS.ProcessEnv, program: ProgramName) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  status,
  enable,
  disable,
  explain,
  serve,
  preview: (args, environment) => preview(args, environment, process.stdout),
  demo,
  'assemble-script': assembleScript,
};

/** What a person can mend: each has a message of one line that says what is wrong and where. */
const mendable = [ListenError, InputError, CertificateError, CommandError] as const;

/** Runs a command and resolves with the exit status; what a person can mend is one clear line each, not a stack. */
async function main(
  [name, ...args]: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName,
): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? process.stderr : process.stdout).write(help(program));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new UsageError(
        `there is no command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(', ')}`,
      );
    return await command(args, environment, program);
  } catch (error) {
    if (error instanceof ConfigError)
      return fail(exitCodes.usage, ...error.problems.map((problem) => `config: ${problem}`));
    if (error instanceof UsageError)
      return fail(
        exitCodes.usage,
        error.message,
        `${program} ${Object.hasOwn(commands, name) ? `${name} ` : ''}--help tells more`,
      );
    if (mendable.some((kind) => error instanceof kind)) return fail(exitCodes.failure, messageOf(error));
    throw error;
  }
}

function fail(status: number, ...lines: readonly string[]): number {
  process.stderr.write(lines.map((line) => `s2i-incremental: ${line}\n`).join(''));
  return status;
}

// Whoever reads our output may stop early (`… | head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

void main(process.argv.slice(2), process.env, programNameOf(process.argv[1] ?? '')).then(
  (status) => (process.exitCode = status),
);
