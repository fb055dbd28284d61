import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.ts';
import { showControls } from './show-controls.ts';

export type { Logger } from 'pino';

/** Bytes that wait for whoever reads the log, some thousand lines; further ones are dropped until there is room. */
const maxWaiting = 1024 * 1024;

/** Lines to standard output, those of one turn of the event loop in one write, without ever waiting for its reader. */
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

/** The process's log: one JSON object a line, or text for people, to a stream (standard output by default). */
export function createLogger(log: Config['log'], destination: DestinationStream = createLineWriter()): Logger {
  const options = {
    level: log.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    messageKey: 'message',
    errorKey: 'error',
  };
  return pino(options, log.format === 'json' ? destination : { write: (line) => destination.write(renderText(line)) });
}

/** A line for people: time, level and message, then the fields, a line each and indented, so that no value can forge a line. */
function renderText(line: string): string {
  const { level, time, message, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const head = `[${String(time)}] ${String(level).toUpperCase()}: ${String(message)}`;
  const rows = Object.entries(fields).flatMap(([name, value]) => renderField(name, value));
  return `${[head, ...rows].map(showControls).join('\n    ')}\n`;
}

/** A stack has a line for each call. */
function renderField(name: string, value: unknown): readonly string[] {
  if (name !== 'error') return [`${name}: ${JSON.stringify(value)}`];
  const { stack, ...rest } = value as { readonly stack?: string };
  return [`${name}: ${JSON.stringify(rest)}`, ...(stack ?? '').split('\n')];
}
