/** The webhook beside a bare Node server, under the same load in turns: node bench/http/main.ts --help */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canPin, startPinned } from '../load/pinned-process.ts';
import type { ApiServerCounts } from '../server/api-server.ts';
import { cores, createWorkshop, startBare, startWebhookProcess } from '../server/servers.ts';
import { type Cell, type CellRounds, measureCell, prepareCase } from './measure.ts';
import { type BenchOptions, help, parseBenchOptions } from './options.ts';
import { renderCell, renderHead } from './table.ts';

const parsed = parseBenchOptions(process.argv.slice(2));
if (parsed === 'help') process.stdout.write(help);
else await run(parsed);

async function run(options: BenchOptions): Promise<void> {
  const { cases, connections, modes, effort, bundle, against, events, profile, json } = options;
  const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const workshop = await createWorkshop(bundle === undefined ? undefined : resolve(bundle));
  if (bundle === undefined) execFileSync(process.execPath, [fileOf('../../hack/build.ts'), workshop.program]);
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  if (!canPin) say('taskset is missing: nothing is bound to a core, and the figures say little');

  const generator = startPinned({ core: cores.load, args: [fileOf('../load/generator.ts')] });
  const apiServer = startPinned({
    core: cores.load,
    args: [fileOf('../server/api-server.ts'), `${workshop.folder}/tls.crt`, `${workshop.folder}/tls.key`],
  });
  const started = [generator, apiServer];
  try {
    const port = (await apiServer.ask({ kind: 'port' })) as number;
    const configuration = `assemble: {wrapper: false}\nevents: {enabled: ${events}}\n`;
    const servers = [await startBare(workshop)];
    started.push(...servers.map((server) => server.process));
    const programs = { webhook: workshop.program, ...(against !== undefined && { against: resolve(against) }) };
    for (const [name, program] of Object.entries(programs)) {
      const server = await startWebhookProcess(workshop, { name, program, apiServer: port, configuration, profile });
      servers.push(server);
      started.push(server.process);
    }
    say(renderHead());
    const results: { cell: Cell; rounds: CellRounds }[] = [];
    for (const name of cases) {
      await prepareCase(generator, servers, name);
      for (const mode of modes) {
        for (const count of connections) {
          const cell = { case: name, mode, connections: count };
          const rounds = await measureCell(generator, servers, cell, effort);
          results.push({ cell, rounds });
          say(renderCell(cell, rounds));
        }
      }
    }
    const counts = (await apiServer.ask({ kind: 'counts' })) as ApiServerCounts;
    say(
      `\nasked of the API server: ${counts.lists} lists, ${counts.watches} watches, ${counts.events} Events, ${counts.live} live reads`,
    );
    if (json) console.log(JSON.stringify(results));
  } finally {
    await Promise.all(started.map((process) => process.stop()));
    workshop.remove();
  }
}
