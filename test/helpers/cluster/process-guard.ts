import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A shell that reads `+ PID` and `- PID` lines and, at the end of its input, kills the remaining processes and removes
 * the folder. The input also ends when this process dies, without a handler of ours.
 */
const script = `
pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
for try in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" 2>/dev/null && break
  sleep 0.1
done
`;

/** Registers itself, closes the guard's input and becomes the command, so it never runs unguarded. */
const entry = 'echo "+ $$" >&3; exec 3>&-; exec "$@"';

/** Ensures that no process and no file outlives the test process. */
export class ProcessGuard {
  readonly #shell: ChildProcess;

  /** @param directory removed at the end, with its content */
  constructor(directory: string) {
    // Detached, so that Ctrl-C in the terminal does not end it before its work.
    this.#shell = spawn('/bin/sh', ['-c', script, 'process-guard', directory], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.unref();
    (this.#shell.stdin as unknown as { unref(): void }).unref();
  }

  /** Starts a guarded process with its output in a file (an open descriptor); it does not keep this process running. */
  spawn(command: string, args: readonly string[], output: number, env: NodeJS.ProcessEnv): GuardedProcess {
    const child = spawn('/bin/sh', ['-c', entry, 'process-guard', command, ...args], {
      env,
      stdio: ['ignore', output, output, this.#shell.stdin],
    });
    child.unref();
    child.once('exit', () => this.#shell.stdin?.write(`- ${child.pid}\n`));
    return new GuardedProcess(child);
  }

  /** Kills the remaining processes and removes the folder. */
  async release(): Promise<void> {
    const ended = once(this.#shell, 'exit');
    this.#shell.ref();
    this.#shell.stdin?.end();
    await ended;
  }
}

/** A guarded process. */
export class GuardedProcess {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The exit status, or the name of the signal that ended it; undefined while it runs. */
  get outcome(): number | NodeJS.Signals | undefined {
    return this.#child.exitCode ?? this.#child.signalCode ?? undefined;
  }

  /**
   * Sends the signal and resolves with the outcome when the process has ended; after a number of seconds it is killed.
   */
  async end(signal: NodeJS.Signals, seconds = 20): Promise<number | NodeJS.Signals | undefined> {
    if (this.hasExited) return this.outcome;
    const ended = once(this.#child, 'exit');
    this.#child.ref();
    this.#child.kill(signal);
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000);
    await ended;
    clearTimeout(killer);
    return this.outcome;
  }
}
