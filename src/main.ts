import packageJson from '../package.json' with { type: 'json' };
import { dispatch } from './cli/dispatch.ts';
import { createTerminal } from './cli/terminal.ts';
import { exitCodes } from './cli/usage.ts';

// A reader may stop early (`… | head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

void dispatch(process.argv.slice(2), createTerminal(process, packageJson.version)).then(
  (status) => (process.exitCode = status),
);
