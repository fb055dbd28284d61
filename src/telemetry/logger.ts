import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

export type { Logger } from 'pino';

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
  const target = destination ?? pino.destination({ fd: 1, sync: true });
  return log.format === 'json'
    ? pino(options, target)
    : pino(options, pretty({ destination: target, sync: true, messageKey: 'message', errorLikeObjectKeys: ['error'] }));
}
