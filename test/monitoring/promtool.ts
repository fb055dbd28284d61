import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The outcome of a promtool command. */
export interface PromtoolOutcome {
  readonly status: number | null;
  /** Standard output and standard error, in order. */
  readonly output: string;
}

/**
 * Runs promtool.
 * @throws Error that says what to install if it is missing
 */
export async function promtool(args: readonly string[], input = ''): Promise<PromtoolOutcome> {
  const child = spawn('promtool', args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  child.stdin.end(input);
  const [status] = (await once(child, 'close').catch((cause: unknown) => {
    throw new Error("promtool cannot be run: install Debian's package prometheus (apt-get install prometheus)", {
      cause,
    });
  })) as [number | null];
  return { status, output };
}
