import { CertificateError } from './certificates/certificate-source.ts';
import { assembleScript } from './cli/assemble-script.ts';
import { demo } from './cli/demo.ts';
import { preview } from './cli/preview.ts';
import { InputError } from './cli/read-objects.ts';
import { serve } from './cli/serve.ts';
import { UsageError, exitCodes } from './cli/usage.ts';
import { ConfigError } from './config/load-config.ts';
import { ListenError } from './server/listener.ts';

const help = `Usage: s2i-incremental <command> [options]

Commands:
  serve     run the webhook
  preview   show what the webhook would do to BuildConfigs and Builds in files
  demo      a short story with a webhook of its own, no cluster needed
  assemble-script
            print the assemble wrapper, to keep it in a repository

s2i-incremental <command> --help tells more.
`;

type Command = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  serve,
  preview: (args, environment) => preview(args, environment, process.stdout),
  demo,
  'assemble-script': assembleScript,
};

/** Runs a command and resolves with the exit status; what a person can mend is one clear line each, not a stack. */
async function main([name, ...args]: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? process.stderr : process.stdout).write(help);
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new UsageError(
        `there is no command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(', ')}`,
      );
    return await command(args, environment);
  } catch (error) {
    if (error instanceof ConfigError)
      return fail(exitCodes.usage, ...error.problems.map((problem) => `config: ${problem}`));
    if (error instanceof UsageError)
      return fail(
        exitCodes.usage,
        error.message,
        `s2i-incremental ${Object.hasOwn(commands, name) ? `${name} ` : ''}--help tells more`,
      );
    if (error instanceof ListenError || error instanceof InputError || error instanceof CertificateError)
      return fail(exitCodes.failure, error.message);
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

void main(process.argv.slice(2), process.env).then((status) => (process.exitCode = status));
