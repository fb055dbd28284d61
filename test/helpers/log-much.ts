/** Logs a number of lines to standard output, then reports on standard error. */
import { createLogger } from '../../src/telemetry/logger.ts';

const logger = createLogger({ level: 'info', format: 'json' });
const total = Number(process.argv[2]);
let line = 0;

function turn(): void {
  for (let count = 0; count < 250 && line < total; count += 1) {
    line += 1;
    logger.info({ line, text: 'ä'.repeat(100) }, 'x');
  }
  if (line < total) setImmediate(turn);
  else process.stderr.write('done');
}

turn();
