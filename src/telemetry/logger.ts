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

/** The process's log: one JSON object a line, or text for people, to a stream (standard output by default). */
export function createLogger(log: Config['log'], destination?: DestinationStream): Logger {
  const options = {
    level: log.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
    messageKey: 'message',
    errorKey: 'error',
  };
  const target = destination ?? createLineWriter(1);
  return log.format === 'json'
    ? pino(options, target)
    : pino(options, pretty({ destination: target, sync: true, messageKey: 'message', errorLikeObjectKeys: ['error'] }));
}
