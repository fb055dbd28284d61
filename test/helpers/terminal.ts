import { EventEmitter } from 'node:events';
import { dispatch } from '../../src/cli/dispatch.ts';
import type { ProgramName } from '../../src/cli/program-name.ts';
import { type Terminal, createOutput } from '../../src/cli/terminal.ts';
import type { Finished, LogLine } from './program.ts';

export interface TerminalOptions {
  readonly environment?: Record<string, string>;
  /** The content of standard input. */
  readonly input?: string;
  /** Characters of a line; undefined: both outputs are piped. */
  readonly columns?: number;
  readonly hasColour?: boolean;
  readonly program?: ProgramName;
  readonly now?: number;
}

/** A terminal in memory with its output, and with signals for the command. */
export interface TestTerminal extends Terminal {
  readonly written: { stdout: string; stderr: string };
  readonly signals: EventEmitter;
  /** The statuses with which the process would have ended at once. */
  readonly exits: readonly number[];
  /** Resolves with the log when it has the message. */
  logUntil(message: string): Promise<readonly LogLine[]>;
}

/** Returns a terminal without kubeconfig and this machine's settings. */
export function createTestTerminal(options: TerminalOptions = {}): TestTerminal {
  const written = { stdout: '', stderr: '' };
  const { columns } = options;
  const outputTo = (name: 'stdout' | 'stderr') =>
    createOutput(
      {
        write: (text) => (written[name] += text),
        ...(columns !== undefined && { isTTY: true, columns }),
      },
      options.hasColour === true,
    );
  const exits: number[] = [];
  const lines: LogLine[] = [];
  const logged = new EventEmitter();
  return {
    written,
    stdout: outputTo('stdout'),
    stderr: outputTo('stderr'),
    readInput: () => options.input ?? '',
    environment: { HOME: '/nonexistent', ...options.environment },
    program: options.program ?? 's2i-incremental',
    version: '0.0.0-test',
    clock: () => options.now ?? Date.now(),
    log: {
      write(line) {
        written.stdout += line;
        lines.push(JSON.parse(line) as LogLine);
        logged.emit('line');
      },
    },
    signals: new EventEmitter(),
    exits,
    exit: (status) => void exits.push(status),
    logUntil: (message) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.some((line) => line['message'] === message)) return;
          logged.off('line', look);
          resolve([...lines]);
        };
        logged.on('line', look);
        look();
      }),
  };
}

/** Runs a command in this process to its end. */
export async function runCommand(args: readonly string[], options: TerminalOptions = {}): Promise<Finished> {
  const terminal = createTestTerminal(options);
  const status = await dispatch(args, terminal);
  return { status, ...terminal.written };
}
