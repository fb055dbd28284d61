import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How one end of a promtool command looks from outside. */
export interface PromtoolOutcome {
  readonly status: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/**
 * Runs Prometheus's own checker.
 * @throws Error with what to install where it is missing
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
