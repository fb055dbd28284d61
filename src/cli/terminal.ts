import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { showControls } from '../telemetry/show-controls.ts';
import { type ProgramName, programNameOf } from './program-name.ts';

/** Names the styles of a text, shown if the output has colours. */
export type Style = 'bold' | 'green' | 'yellow' | 'red' | 'dim';

/**
 * Holds a line for people, or a part of it. Only an output turns it into characters, so no text can control a terminal.
 */
export type Text = string | { readonly style: Style; readonly text: string } | readonly Text[];

/** Takes the output of a command. */
export interface Output {
  /** Writes lines for people; control and format characters are shown as `\u{…}`. */
  print(...lines: readonly Text[]): void;
  /** Writes a document for programs as it is. */
  write(text: string): void;
  /** Whether it is a terminal. */
  readonly isTTY: boolean;
  /** Characters of a line; infinity if it is no terminal. */
  readonly width: number;
}

/** Holds everything a command uses of its environment, so that a test can replace it. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Reads standard input to its end. */
  readonly readInput: () => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The program's name on the command line. */
  readonly program: ProgramName;
  readonly version: string;
  /** Returns milliseconds since the epoch. */
  readonly clock: () => number;
  /** Where the log of `serve` goes; undefined: unbuffered to standard output. */
  readonly log: { write(line: string): void } | undefined;
  /** Emits the process's signals; only `serve` listens. */
  readonly signals: Pick<NodeJS.EventEmitter, 'on'>;
  /** Ends the process at once. */
  readonly exit: (status: number) => void;
}

/** Returns the terminal of a process. */
export function createTerminal(process: NodeJS.Process, version: string): Terminal {
  return {
    stdout: createOutput(process.stdout, showsColour(process.stdout)),
    stderr: createOutput(process.stderr, showsColour(process.stderr)),
    readInput: () => readFileSync(0, 'utf8'),
    environment: process.env,
    program: programNameOf(process.argv[1] ?? ''),
    version,
    clock: Date.now,
    log: undefined,
    signals: process,
    exit: (status) => process.exit(status),
  };
}

/** Describes the stream behind an output. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Returns the output that writes to a stream. */
export function createOutput(stream: OutputStream, hasColour: boolean): Output {
  const isTTY = stream.isTTY === true;
  return {
    print: (...lines) => void stream.write(lines.map((line) => `${renderText(line, hasColour)}\n`).join('')),
    write: (text) => void stream.write(text),
    isTTY,
    // A terminal of unknown width reports 0.
    width: (isTTY && stream.columns) || Number.POSITIVE_INFINITY,
  };
}

/** Returns whether a stream shows colours: a terminal, unless variables such as NO_COLOR or FORCE_COLOR decide. */
function showsColour(stream: NodeJS.WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}

/** Returns the characters of a text. */
export function renderText(text: Text, hasColour: boolean): string {
  if (typeof text === 'string') return showControls(text);
  if (!('style' in text)) return text.map((part) => renderText(part, hasColour)).join('');
  const plain = showControls(text.text);
  return hasColour ? styleText(text.style, plain, { validateStream: false }) : plain;
}

/** Returns whether a text has no characters that control a terminal. */
export function isPrintable(text: string): boolean {
  return showControls(text) === text;
}
