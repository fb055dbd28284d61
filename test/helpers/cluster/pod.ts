import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from './control-plane.ts';
import { freePort } from './free-port.ts';
import type { GuardedProcess, ProcessGuard } from './process-guard.ts';
import { GiveUp, waitFor } from './wait-for.ts';
import type { LogLine } from './webhook-process.ts';

const program = join(import.meta.dirname, '../../../src/main.ts');

/** The ports of one process, free at its start. */
export interface PodPorts {
  readonly https: number;
  readonly ops: number;
  readonly scripts: number;
}

/** What a pod's container runs, for a process. */
export interface PodSpec {
  /** The program's arguments, such as `['serve', '--port', …]`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file that Node runs; by default the source. */
  readonly program?: string;
}

export interface PodOptions {
  readonly name: string;
  readonly guard: ProcessGuard;
  /** Created for it; has its log. */
  readonly directory: string;
  readonly createSpec: (ports: PodPorts, directory: string) => PodSpec;
}

/** A process instead of a pod; does the kubelet's part: starting it, checking `/readyz`, and ending it. */
export class Pod {
  readonly name: string;
  readonly ports: PodPorts;
  readonly #process: GuardedProcess;
  readonly #log: string;

  private constructor(name: string, ports: PodPorts, process: GuardedProcess, log: string) {
    this.name = name;
    this.ports = ports;
    this.#process = process;
    this.#log = log;
  }

  /** Starts it; it need not be ready yet. */
  static async start({ name, guard, directory, createSpec }: PodOptions): Promise<Pod> {
    mkdirSync(directory, { recursive: true });
    const ports = { https: await freePort(), ops: await freePort(), scripts: await freePort() };
    const { args, env, program: file = program } = createSpec(ports, directory);
    const log = join(directory, 'log');
    const command = [file, ...args];
    return new Pod(
      name,
      ports,
      guard.spawn(process.execPath, command, openSync(log, 'a'), { HOME: directory, ...env }),
      log,
    );
  }

  /** Returns the answer of `/readyz`; not ready without one. */
  async readiness(): Promise<{ readonly ready: boolean; readonly text: string }> {
    if (this.#process.hasExited) {
      throw new GiveUp(`pod ${this.name} ended (${this.#process.outcome}):\n${tailOf(this.#log)}`);
    }
    try {
      const response = await fetch(`http://127.0.0.1:${this.ports.ops}/readyz`, { signal: AbortSignal.timeout(5_000) });
      return { ready: response.ok, text: await response.text() };
    } catch (error) {
      return { ready: false, text: String(error) };
    }
  }

  /** Resolves when it is ready. */
  async ready(seconds = 30): Promise<void> {
    let last = '';
    await waitFor(
      `pod ${this.name} to be ready`,
      async () => {
        const { ready, text } = await this.readiness();
        last = text;
        return ready;
      },
      seconds,
    ).catch((error: unknown) => {
      throw new Error(`pod ${this.name} does not get ready:\n${last}\n${tailOf(this.#log)}`, { cause: error });
    });
  }

  /** The lines of its log. */
  get logged(): readonly LogLine[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** Returns the value of one of its metrics. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.ports.ops}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  }

  /** Resolves with the exit status. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | undefined> {
    return this.#process.end(signal);
  }
}
