import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The program in the checkout. */
export const sourceProgram = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface ProgramOptions {
  /** The file to run instead of the source. */
  readonly program?: string;
  readonly cwd?: string;
  readonly environment?: Record<string, string>;
  readonly input?: string;
}

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program without kubeconfig and this machine's settings. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [options.program ?? sourceProgram, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...options.environment },
  });
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  const child = startProgram(args, options);
  child.stdin.end(options.input ?? '');
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

/** A line of the program's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Reads JSON log lines until one has the message; resolves with all of them. */
export async function logUntil(child: ChildProcessWithoutNullStreams, message: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let rest = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    rest += String(chunk);
    const complete = rest.split('\n');
    rest = complete.pop() ?? '';
    lines.push(...complete.map((line) => JSON.parse(line) as LogLine));
    if (lines.some((line) => line['message'] === message)) return lines;
  }
  throw new Error(`the program ended without logging ${JSON.stringify(message)}: ${JSON.stringify(lines)}`);
}
