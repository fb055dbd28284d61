/** Measures the history alone: 100,000 opted-in Builds of 20,000 BuildConfigs, read in pages and looked up. */
import { BuildIndex } from '../src/history/build-index.ts';
import type { JsonObject } from '../src/openshift/json.ts';
import { historySize, identityOf, storedBuildText } from './example-history.ts';
import type { Figure } from './report.ts';

const { buildConfigs, buildsEach } = historySize;
const pageSize = 100;
const lookups = 200_000;

function page(from: number): readonly JsonObject[] {
  const texts = Array.from({ length: pageSize }, (_, index) => {
    const build = from + index;
    return storedBuildText(Math.floor(build / buildsEach), (build % buildsEach) + 1);
  });
  return JSON.parse(`[${texts.join(',')}]`) as JsonObject[];
}

function megabytes(): number {
  // Compacts the heap: memory that V8 has not released is not the history's.
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
  return process.memoryUsage.rss() / 1e6;
}

// Parsing first, so that its memory does not count either.
for (let from = 0; from < buildConfigs; from += pageSize) page(from);
const before = megabytes();
const index = new BuildIndex();
let folding = 0;
for (let from = 0; from < buildConfigs * buildsEach; from += pageSize) {
  const builds = page(from);
  const since = performance.now();
  for (const build of builds) index.set(build);
  folding += performance.now() - since;
}
const growth = megabytes() - before;

const queries = Array.from({ length: 1_000 }, (_, at) => {
  const { NAMESPACE: namespace, NAME: name, UID: uid } = identityOf((at * 7919) % buildConfigs);
  return { namespace, build: 'new', buildConfig: { name, uid } };
});
const since = performance.now();
for (let count = 0; count < lookups; count += 1) {
  const query = queries[count % queries.length] as (typeof queries)[number];
  if (index.lookUp(query).previous === undefined) throw new Error(`nothing is known of ${query.buildConfig.name}`);
}
const lookup = ((performance.now() - since) / lookups) * 1_000;

const figures: readonly Figure[] = [
  { name: 'fold 100,000 Builds of 20,000 BuildConfigs', value: folding / 1_000, unit: 's' },
  { name: 'memory (RSS) grown by them', value: growth, unit: 'MB', goal: { atMost: 60 } },
  { name: 'one lookup', value: lookup, unit: 'µs' },
];
console.log(JSON.stringify(figures));
