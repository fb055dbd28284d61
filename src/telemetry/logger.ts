import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.ts';
import { escapeControls, showControls } from './show-controls.ts';

export type { Logger } from 'pino';

/** Bytes that wait for the log's reader, a few thousand lines; further lines are dropped until there is room. */
const maxWaiting = 1024 * 1024;

/** Limits in characters: of a field, because a name has at most 253, and of an error's stack, about twenty calls. */
const [maxField, maxStack] = [256, 2_048];

/** Entries of a list. */
const maxEntries = 16;

/** Writes lines to standard output without waiting for its reader; lines of one turn of the event loop in one write. */
function createLineWriter(): DestinationStream {
  const out = process.stdout;
  process.on('exit', () => out.uncork());
  return {
    write(line: string) {
      if (out.writableLength > maxWaiting) return;
      if (out.writableCorked === 0) {
        out.cork();
        setImmediate(() => out.uncork());
      }
      out.write(line);
    },
  };
}

/** Creates the log: one JSON object a line, or text for people, by default to standard output. */
export function createLogger(log: Config['log'], destination: DestinationStream = createLineWriter()): Logger {
  const options = {
    level: log.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }), log: cutFields },
    serializers: { error: describeError },
    messageKey: 'message',
    errorKey: 'error',
  };
  const render = log.format === 'json' ? escapeControls : renderText;
  return pino(options, { write: (line) => destination.write(render(line)) });
}

/** Shortens fields, which may come from anywhere and have any length. */
function cutFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cutValue(value)]));
}

function cutValue(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value, maxField);
  return Array.isArray(value) ? value.slice(0, maxEntries).map(cutValue) : value;
}

function cutText(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Returns type, message, code and stack of an error, including its causes. */
function describeError(error: unknown): object {
  const { type, message, stack, code } = stdSerializers.err(error instanceof Error ? error : new Error(String(error)));
  return {
    type: cutText(type, maxField),
    message: cutText(message, maxField),
    ...(code !== undefined && { code: cutValue(code) }),
    stack: cutText(stack, maxStack),
  };
}

/**
 * Renders a line for people: time, level and message, then each field on an indented line, so that no value can forge a
 * line.
 */
function renderText(line: string): string {
  const { level, time, message, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const head = `[${String(time)}] ${String(level).toUpperCase()}: ${String(message)}`;
  const rows = Object.entries(fields).flatMap(([name, value]) => renderField(name, value));
  return `${[head, ...rows].map(showControls).join('\n    ')}\n`;
}

/** Returns the lines of a field; a stack has one for each call. */
function renderField(name: string, value: unknown): readonly string[] {
  if (name !== 'error') return [`${name}: ${JSON.stringify(value)}`];
  const { stack, ...rest } = value as { readonly stack?: string };
  return [`${name}: ${JSON.stringify(rest)}`, ...(stack ?? '').split('\n')];
}
