import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

export type { Logger } from 'pino';

/** Some hundred lines; what a turn of the event loop has beyond that is written before its end. */
const bufferSize = 64 * 1024;

/**
 * Lines to a file descriptor: those of one turn of the event loop in one write. A write costs as much as a decision, whatever its
 * length. What is not written yet is when the process ends, but for a SIGKILL.
 */
function createLineWriter(fd: number): DestinationStream {
  const stream = pino.destination({ fd, sync: true });
  // Bytes, because a line that waits as text keeps every text it was put together from, and these the garbage collector's old heap.
  const lines = Buffer.allocUnsafe(bufferSize);
  let used = 0;
  let isScheduled = false;
  const flush = () => {
    if (used > 0) stream.write(lines.toString('utf8', 0, used));
    used = 0;
  };
  const flushAtTurnEnd = () => {
    isScheduled = false;
    flush();
  };
  process.on('exit', () => {
    flush();
    stream.flushSync();
  });
  return {
    write(line: string) {
      if (!isScheduled) setImmediate(flushAtTurnEnd);
      isScheduled = true;
      // No character takes more than three bytes.
      if (used + 3 * line.length > bufferSize) flush();
      if (3 * line.length > bufferSize) stream.write(line);
      else used += lines.write(line, used);
    },
  };
}

/** The member of a line that tells when it was written; lines of the same millisecond have the same one. */
function createTimestamp(clock: () => number): () => string {
  let last = { now: Number.NaN, text: '' };
  return () => {
    const now = clock();
    if (last.now !== now) last = { now, text: `,"time":"${new Date(now).toISOString()}"` };
    return last.text;
  };
}

/** The process's log: one JSON object a line, or text for people, to a stream (standard output by default). */
export function createLogger(log: Config['log'], destination?: DestinationStream): Logger {
  const options = {
    level: log.level,
    base: null,
    timestamp: createTimestamp(Date.now),
    formatters: { level: (level: string) => ({ level }) },
    messageKey: 'message',
    errorKey: 'error',
  };
  if (log.format === 'json') return pino(options, destination ?? createLineWriter(1));
  const text = destination ?? pino.destination({ fd: 1, sync: true });
  return pino(
    options,
    pretty({ destination: text, sync: true, messageKey: 'message', errorLikeObjectKeys: ['error'] }),
  );
}
