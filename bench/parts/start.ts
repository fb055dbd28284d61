/** The bundle by itself: its size, how long it takes to be ready, and what it takes of memory when nothing happens. */
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { spreadOf } from '../load/statistics.ts';
import type { Row } from '../report.ts';
import { type Workshop, startWebhookProcess } from '../server/servers.ts';

export async function benchStart(workshop: Workshop): Promise<readonly Row[]> {
  const { program } = workshop;
  const [startups, resident]: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    const settings = { name: `start-${round}`, program, apiServer: undefined, configuration: '' };
    const server = await startWebhookProcess(workshop, settings);
    startups.push(server.startup);
    await delay(1_000);
    resident.push(server.process.memory().resident / 1e6);
    await server.process.stop();
  }
  return [
    { name: 'bundle', value: statSync(program).size / 1024, unit: 'KiB' },
    { name: 'start to ready, standalone', value: spreadOf(startups).median, unit: 'ms', goal: { atMost: 400 } },
    { name: 'RSS, idle, standalone', value: spreadOf(resident).median, unit: 'MB', goal: { atMost: 85 } },
  ];
}
