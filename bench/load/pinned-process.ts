import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createAsker } from './channel.ts';

/** What a process takes of the machine's memory, in bytes. */
export interface Memory {
  readonly resident: number;
  /** The most it ever was. */
  readonly peak: number;
}

/** A Node process on a core of its own. */
export interface PinnedProcess {
  readonly pid: number;
  /** Rejects with what the process threw, or when it ends. */
  readonly ask: (question: unknown) => Promise<unknown>;
  readonly memory: () => Memory;
  /** Ends it with SIGTERM; resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface PinnedOptions {
  readonly core: number;
  /** Of node, then the file, then its own. */
  readonly args: readonly string[];
  /** A file descriptor that standard output goes to. */
  readonly stdout?: number;
  /** Beside what every process has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it has the channel that `ask` needs. */
  readonly channel?: boolean;
}

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((file) => existsSync(file));

/** Whether processes can be bound to a core here. */
export const canPin = taskset !== undefined;

/** Starts Node on one core; with an environment of its own: no kubeconfig, no settings of the machine. */
export function startPinned({ core, args, stdout, channel = true, environment = {} }: PinnedOptions): PinnedProcess {
  const [command, ...rest] = [
    ...(taskset === undefined ? [] : [taskset, '-c', String(core)]),
    process.execPath,
    ...args,
  ];
  const child = spawn(command as string, rest, {
    env: { ...environment, PATH: process.env['PATH'], HOME: '/nonexistent', NODE_ENV: 'production' },
    stdio: ['ignore', stdout ?? 'inherit', 'inherit', ...(channel ? (['ipc'] as const) : [])],
  });
  return {
    pid: child.pid as number,
    ask: createAsker(child),
    memory: () => memoryOf(child.pid as number),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  // Ours waits out its shutdown delay; a second signal ends it at once.
  const impatient = setTimeout(() => child.kill('SIGTERM'), 50);
  const last = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(impatient);
  clearTimeout(last);
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Seconds of a process, all threads together. */
export interface ProcessorTime {
  readonly used: number;
  /** By the thread that runs JavaScript; the rest is V8's garbage collection and compilation. */
  readonly main: number;
  /** In which it could have run, but something else had the core. */
  readonly waited: number;
}

/** What a process took of the processor so far. */
export function processorTime(pid: number): ProcessorTime {
  let [used, main, waited] = [0, 0, 0];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const fields = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
      used += (fields[0] ?? 0) / 1e9;
      if (Number(thread) === pid) main = (fields[0] ?? 0) / 1e9;
      waited += (fields[1] ?? 0) / 1e9;
    } catch {
      // A thread that ended meanwhile.
    }
  }
  return { used, main, waited };
}
