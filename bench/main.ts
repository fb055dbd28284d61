/** npm run bench: every figure, as tables on standard output and as JSON with --json. See --help. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Comparison, compare } from './http/compare.ts';
import { startLab } from './lab.ts';
import { canPin } from './load/pinned-process.ts';
import { type BenchOptions, type PartName, help, parseBenchOptions } from './options.ts';
import { benchHistory } from './parts/history.ts';
import { benchLarge } from './parts/large.ts';
import { benchSaturation } from './parts/saturation.ts';
import { benchStart } from './parts/start.ts';
import { type Row, renderTable } from './report.ts';
import { createWorkshop, imageEnvironment, nodeOptions } from './server/servers.ts';

const parsed = parseBenchOptions(process.argv.slice(2));
if (parsed === 'help') process.stdout.write(help);
else await run(parsed);

async function run(options: BenchOptions): Promise<void> {
  const { parts, quick } = options;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const machine = {
    node: process.version,
    options: [...nodeOptions, ...Object.entries(imageEnvironment).map(([name, value]) => `${name}=${value}`)],
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
  };
  say(`Node.js ${machine.node} ${machine.options.join(' ')}`);
  say(`${machine.cores} × ${machine.cpu}, ${(machine.memory / 2 ** 30).toFixed(0)} GiB`);
  if (!canPin) say('taskset is missing: nothing is bound to a core, and the figures say little');

  const rows: Partial<Record<PartName, readonly Row[]>> = {};
  const report = (part: PartName, measured: readonly Row[]) => {
    rows[part] = measured;
    say(`\n${part}\n${renderTable(measured).trimEnd()}`);
  };
  let comparison: Comparison | undefined;
  const workshop = await createWorkshop(options.bundle === undefined ? undefined : resolve(options.bundle));
  try {
    if (options.bundle === undefined) {
      execFileSync(process.execPath, [fileURLToPath(new URL('../hack/build.ts', import.meta.url)), workshop.program]);
    }
    if (parts.includes('start')) report('start', await benchStart(workshop));
    if (parts.includes('history')) report('history', await benchHistory());
    if (parts.some((part) => part === 'http' || part === 'large' || part === 'saturation')) {
      const against = options.against === undefined ? undefined : resolve(options.against);
      const lab = await startLab(workshop, { against, profile: options.profile });
      try {
        if (parts.includes('http')) {
          say('\nhttp');
          comparison = await compare(lab, options, say);
          if (comparison.rows.length > 0) report('http', comparison.rows);
        }
        if (parts.includes('saturation')) report('saturation', await benchSaturation(lab, quick));
        // Last, because what it needs of memory stays for a while.
        if (parts.includes('large')) report('large', await benchLarge(lab, quick));
      } finally {
        await lab.stop();
      }
    }
  } finally {
    workshop.remove();
  }
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine, rows, cells: comparison?.cells }, undefined, 1)}\n`);
  }
}
