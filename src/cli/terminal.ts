import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { showControls } from '../telemetry/show-controls.ts';
import { type ProgramName, programNameOf } from './program-name.ts';

/** Styles make a text stand out where there are colours. */
export type Style = 'bold' | 'green' | 'yellow' | 'red' | 'dim';

/**
 * A text is a line for people, or a part of one. Only an output makes it characters, so nothing that others wrote in it
 * acts on a terminal.
 */
export type Text = string | { readonly style: Style; readonly text: string } | readonly Text[];

/** An output is what a command writes to. */
export interface Output {
  /** Writes lines for people, in which control and format characters are shown as `\u{…}`. */
  print(...lines: readonly Text[]): void;
  /** Writes a document for programs as it is. */
  write(text: string): void;
  /** Whether a person looks at it. */
  readonly isTTY: boolean;
  /** Characters a line may have; infinity where nobody looks. */
  readonly width: number;
}

/** A terminal is all that a command knows of the world around it, so that a test can be that world. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Reads standard input to its end. */
  readonly readInput: () => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How the program was called. */
  readonly program: ProgramName;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Where the log of `serve` goes; undefined: to standard output, past any buffer. */
  readonly log: { write(line: string): void } | undefined;
  /** Where signals to the process are told; only `serve` listens. */
  readonly signals: Pick<NodeJS.EventEmitter, 'on'>;
  /** Ends the process, whatever is still under way. */
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

/** An output's characters go to a stream. */
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
    // A terminal that does not know its width says 0.
    width: (isTTY && stream.columns) || Number.POSITIVE_INFINITY,
  };
}

/**
 * Tells whether a stream shows colours: a terminal, unless NO_COLOR and its relatives say otherwise (as FORCE_COLOR
 * does).
 */
function showsColour(stream: NodeJS.WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}

/** Returns the characters of a line. */
export function renderText(text: Text, hasColour: boolean): string {
  if (typeof text === 'string') return showControls(text);
  if (!('style' in text)) return text.map((part) => renderText(part, hasColour)).join('');
  const plain = showControls(text.text);
  return hasColour ? styleText(text.style, plain, { validateStream: false }) : plain;
}

/** Tells whether a text has no characters that act on a terminal. */
export function isPrintable(text: string): boolean {
  return showControls(text) === text;
}
