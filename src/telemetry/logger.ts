import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

export type { Logger } from 'pino';

/**
 * Lines to a file descriptor: those of one turn of the event loop in one write. A write costs as much as a decision, whatever its
 * length. What is not written yet is when the process ends, but for a SIGKILL.
 */
function createLineWriter(fd: number): DestinationStream {
  // The most that the stream takes before it writes by itself; some 40 lines.
  const stream = pino.destination({ fd, sync: true, minLength: 16_383 });
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    stream.flushSync();
  };
  process.on('exit', flush);
  return {
    write(line: string) {
      stream.write(line);
      if (!isScheduled) setImmediate(flush);
      isScheduled = true;
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
