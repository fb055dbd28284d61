/**
 * The history's size and speed: 100,000 opted-in Builds of 20,000 BuildConfigs are folded as a list would bring them,
 * looked up, and changed by 5,000 watch events a second, each parsed from its line as the client does.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { BuildIndex } from '../../src/history/build-index.ts';
import type { JsonObject } from '../../src/openshift/json.ts';
import { historySize, identityOf, storedBuildText } from '../example-history.ts';
import type { Row } from '../report.ts';

const { buildConfigs, buildsEach } = historySize;
const pageSize = 100;

const started = '2026-01-30T09:00:00Z';

function buildText(config: number, number: number): string {
  return storedBuildText(config, number, started);
}

function megabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1_000_000;
}

/** A parsed page, as the client hands it over. */
function page(from: number): readonly JsonObject[] {
  const texts = Array.from({ length: pageSize }, (_, index) => {
    const build = from + index;
    return buildText(Math.floor(build / buildsEach), (build % buildsEach) + 1);
  });
  return JSON.parse(`[${texts.join(',')}]`) as JsonObject[];
}

async function benchHistory(): Promise<readonly Row[]> {
  page(0);
  const before = megabytes();
  const index = new BuildIndex();
  let folding = 0;
  for (let from = 0; from < buildConfigs * buildsEach; from += pageSize) {
    const builds = page(from);
    const started = performance.now();
    for (const build of builds) index.set(build);
    folding += performance.now() - started;
  }
  const growth = megabytes() - before;

  const lookups = 200_000;
  const asked = Array.from({ length: 1_000 }, (_, at) => {
    const config = (at * 7919) % buildConfigs;
    const { namespace, ...buildConfig } = identityOf(config);
    return { namespace, build: 'new', buildConfig };
  });
  let found = 0;
  const lookupStarted = performance.now();
  for (let count = 0; count < lookups; count += 1) {
    if (index.lookUp(asked[count % asked.length] as (typeof asked)[number]).previous !== undefined) found += 1;
  }
  const perLookup = ((performance.now() - lookupStarted) / lookups) * 1_000;
  if (found !== lookups) throw new Error(`${lookups - found} lookups found nothing`);

  const delays = await receiveEvents(index);
  return [
    { name: 'fold 100,000 Builds of 20,000 BuildConfigs', value: folding / 1_000, unit: 's', goal: { atMost: 10 } },
    { name: 'memory (RSS) grown by them', value: growth, unit: 'MB', goal: { atMost: 60 } },
    { name: 'one lookup', value: perLookup, unit: 'µs', goal: { atMost: 20 } },
    {
      name: '5,000 events/s: longest block of the event loop',
      value: delays.max / 1e6,
      unit: 'ms',
      goal: { atMost: 20 },
    },
    { name: '5,000 events/s: 99th percentile', value: delays.percentile(99) / 1e6, unit: 'ms' },
  ];
}

/** Five seconds of events, in the chunks of about 64 KiB that a socket brings. */
async function receiveEvents(index: BuildIndex): Promise<ReturnType<typeof monitorEventLoopDelay>> {
  const lines = Array.from({ length: 500 }, (_, at) =>
    JSON.stringify({ type: 'MODIFIED', object: JSON.parse(buildText((at * 37) % buildConfigs, 5)) as unknown }),
  );
  const perChunk = Math.max(1, Math.floor(65_536 / (lines[0]?.length ?? 1)));
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const total = 25_000;
  const started = performance.now();
  delays.enable();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.ceil((performance.now() - started) * 5));
    for (const end = Math.min(due, sent + perChunk); sent < end; sent += 1) {
      const event = JSON.parse(lines[sent % lines.length] as string) as { object: JsonObject };
      index.set(event.object);
    }
    await delay(sent < due ? 0 : 1);
  }
  delays.disable();
  return delays;
}

console.log(JSON.stringify(await benchHistory()));
