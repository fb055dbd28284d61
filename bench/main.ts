/** npm run bench: every benchmark, as a table on standard output and as JSON with --json. */
import { cpus, totalmem } from 'node:os';
import { benchHistory } from './history.ts';
import { renderTable } from './report.ts';

const rows = await benchHistory();
if (process.argv.includes('--json')) {
  console.log(
    JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, rows }, undefined, 2),
  );
} else {
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB\n`,
  );
  process.stdout.write(renderTable(rows));
}
