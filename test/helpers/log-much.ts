/** Logs 5,000 lines to standard output, a few of them longer than any buffer, and ends at once. */
import { createLogger } from '../../src/telemetry/logger.ts';

const logger = createLogger({ level: 'info', format: 'json' });
let line = 0;

function turn(): void {
  for (let count = 0; count < 250; count += 1) {
    line += 1;
    logger.info({ line, text: 'ä'.repeat(line % 100 === 0 ? 30_000 : 100) }, 'x');
  }
  if (line < 5_000) setImmediate(turn);
  else process.exit(0);
}

turn();
