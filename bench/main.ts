/** npm run bench: prints every figure, as tables. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Columns, type Lab, type RunningLab } from './parts.ts';
import { measureHistory, measureHttp, measureLarge, measureStart } from './parts.ts';
import { imageEnvironment, nodeOptions } from '../test/helpers/image-options.ts';
import { createWorkshop, startBare, startHelper, startWebhook } from './processes.ts';
import { renderTable } from './report.ts';

const parts = ['start', 'history', 'http', 'large'] as const;

const help = `Usage: npm run bench -- [options]

  --quick        short rounds, 16 connections
  --part NAME    ${parts.join(', ')}; may be repeated (default: all)
  --bundle FILE  measure this bundle too, in turn with one of the sources as they are; may be repeated
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true, default: [...parts] },
    bundle: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const unknown = values.part.find((name) => !parts.some((part) => part === name));
if (values.help || unknown !== undefined) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}

const folder = await createWorkshop();
const bundles: Record<string, string> = { sources: `${folder}/main.js` };
for (const file of values.bundle) bundles[file] = resolve(file);
const lab: Lab = { folder, bundles, quick: values.quick };
const settings = [...nodeOptions, ...Object.entries(imageEnvironment).map((entry) => entry.join('='))];
console.log(`Node.js ${process.version} ${settings.join(' ')}\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`);
const report = (part: string, columns: Columns) => console.log(`\n${part}\n${renderTable(columns)}`);
try {
  const build = fileURLToPath(new URL('../hack/build.ts', import.meta.url));
  execFileSync(process.execPath, [build, `${folder}/main.js`]);
  if (values.part.includes('start')) report('start', await measureStart(lab));
  if (values.part.includes('history')) report('history', measureHistory());
  if (values.part.includes('http') || values.part.includes('large')) await measureRunning();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureRunning(): Promise<void> {
  const apiServer = startHelper(1, folder, './api-server.ts');
  const load = startHelper(1, folder, './load.ts');
  await load.started;
  const servers = [await startBare(folder)];
  try {
    const port = (await apiServer.started) as number;
    for (const [name, program] of Object.entries(bundles)) {
      servers.push(await startWebhook(folder, { name, program, apiServer: port }));
    }
    const [bare, ...webhooks] = servers;
    const running = { ...lab, load, bare, webhooks } as RunningLab;
    if (values.part.includes('http')) report('http', await measureHttp(running));
    // Last, because its memory stays in use for a while.
    if (values.part.includes('large')) report('large', await measureLarge(running));
  } finally {
    await Promise.all([apiServer, load, ...servers].map((process) => process.stop()));
  }
}
