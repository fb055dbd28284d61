/**
 * npm run bench:builds: what incremental builds save. Builds real images like a build pod, in turn full, incremental,
 * and incremental with the wrapper from an image, and prints the medians as tables. Needs root, Go, pip, npm, and the
 * Debian packages buildah, debootstrap and docker-registry.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startDockerRegistry } from '../../test/registry/docker-registry.ts';
import { ImageStore } from '../../test/release/image-store.ts';
import { type App, Repository, apps, fetchPackages } from './apps.ts';
import { pushBaseImage } from './base-images.ts';
import { startPackageIndex } from './package-index.ts';
import { type Figures, renderBuilds, renderSizes } from './report.ts';
import { type Chain, Webhook, completeBuild } from './webhook.ts';

const run = promisify(execFile);

const help = `Usage: npm run bench:builds -- [options]

  --quick        the first application once, as fast as the index is
  --app NAME     ${apps.map(({ name }) => name).join(', ')}; may be repeated (default: all)
  --rate MB      megabytes a second of the package index, 0: unlimited; may be repeated (default: 0 and 10)
  --rounds N     builds of each kind (default: 5)
  --depth N      length of the chain whose image sizes are told (default: 20)
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    app: { type: 'string', multiple: true },
    rate: { type: 'string', multiple: true, default: ['0', '10'] },
    rounds: { type: 'string', default: '5' },
    depth: { type: 'string', default: '20' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const chosen = values.quick ? apps.slice(0, 1) : apps.filter(({ name }) => values.app?.includes(name) ?? true);
if (values.help || chosen.length === 0) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}
const [rounds, depth] = values.quick ? [1, 1] : [Number(values.rounds), Number(values.depth)];
const rates = values.quick ? [0] : values.rate.map(Number);

// In memory, including the registry, so that the disk has no effect.
const folder = mkdtempSync('/dev/shm/s2i-incremental-builds-');
process.env['TMPDIR'] = folder;
const cache = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  's2i-incremental-webhook',
  'bench-builds',
);
mkdirSync(cache, { recursive: true });
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const s2i = execFileSync(file('../../hack/s2i.sh'), { encoding: 'utf8' }).trim();
const packages = new Map<App, string>();
for (const app of chosen) packages.set(app, await fetchPackages(cache, app));
const index = await startPackageIndex();
const registry = await startDockerRegistry('');
const store = new ImageStore();
let webhook: Webhook | undefined;
try {
  const bases = new Map<App['base'], string>();
  for (const base of new Set(chosen.map((app) => app.base))) {
    bases.set(base, await pushBaseImage(store, cache, registry.host, base));
  }
  webhook = await Webhook.start(store, registry.host, index.url);
  let driver = '';
  for (const rate of rates) {
    index.rate = rate === 0 ? Infinity : rate * 1_000_000;
    const results = new Map<App, AppFigures>();
    for (const app of chosen) {
      results.set(app, await measure(webhook, app, bases.get(app.base) ?? '', rate === rates[0] ? depth : rounds));
      driver = results.get(app)?.full[0]?.driver ?? '';
    }
    console.log(`\nPackage index: ${rate === 0 ? 'unlimited' : `${rate} MB/s`}\n`);
    console.log(renderBuilds([...results].map(([{ name }, figures]) => [name, figures])));
    if (rate === rates[0]) console.log(renderSizes([...results].map(([{ name }, { chain }]) => [name, chain])));
  }
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, storage driver ${driver}, load ${load}`);
} finally {
  await webhook?.stop();
  await registry.remove();
  index.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The builds of each kind, and those of one chain from its full build. */
interface AppFigures {
  readonly full: Figures[];
  readonly incremental: Figures[];
  readonly image: Figures[];
  readonly chain: Figures[];
}

/**
 * Builds an application: in each round a commit, a full build and the next build of both chains; then on to the depth.
 */
async function measure(webhook: Webhook, app: App, base: string, depth: number): Promise<AppFigures> {
  index.folder = packages.get(app) ?? '';
  const repository = new Repository(join(folder, app.name), app, index.folder);
  const chain = (name: string, delivery: Chain['delivery']): Chain => {
    const output = `${registry.host}/${app.name}/${name}`;
    return { name: `${app.name}-${name}`, base, delivery, output, builds: [] };
  };
  const [byUrl, byImage] = [chain('url', 'url'), chain('image', 'image')];
  repository.commit();
  const first = await build(webhook, repository, byUrl, 'full');
  await build(webhook, repository, byImage, 'full');
  const figures: AppFigures = { full: [], incremental: [], image: [], chain: [first] };
  for (let round = 1; round <= Math.max(rounds, depth); round += 1) {
    repository.commit();
    if (round <= rounds) figures.full.push(await build(webhook, repository, chain(`full-${round}`, 'url'), 'full'));
    const incremental = await build(webhook, repository, byUrl, 'incremental');
    figures.chain.push(incremental);
    if (round > rounds) continue;
    figures.incremental.push(incremental);
    figures.image.push(await build(webhook, repository, byImage, 'incremental'));
  }
  return figures;
}

/** Admits and runs the next Build of a chain. */
async function build(
  webhook: Webhook,
  repository: Repository,
  chain: Chain,
  expected: 'full' | 'incremental',
): Promise<Figures> {
  const admitted = await webhook.admit(chain, expected);
  const [log, environment] = [join(folder, 'log'), join(folder, 'environment')];
  writeFileSync(environment, admitted.environment);
  index.sent = 0;
  const since = Date.now();
  const { from, output, scripts, imageSource } = admitted;
  const pod = [file('build-pod.sh'), log, repository.folder, from, output, scripts, environment, ...imageSource];
  const { stdout } = await run('unshare', ['--mount', ...pod], { env: { ...process.env, S2I: s2i } }).catch(
    (error: unknown) => {
      throw new Error(execFileSync('tail', ['-n', '40', log], { encoding: 'utf8' }), { cause: error });
    },
  );
  const stages = JSON.parse(stdout) as Pick<Figures, 'pull' | 'build' | 'push' | 'driver'> & {
    readonly digest: string;
  };
  chain.builds.push(completeBuild(admitted, since, stages.digest));
  const repositoryName = output.slice(0, output.lastIndexOf(':'));
  const [before, after] = [await blobsOf(from), await blobsOf(`${repositoryName}@${stages.digest}`)];
  const [wrapper = ''] = imageSource;
  const pulled = sum(before) + (wrapper === '' ? 0 : sum(await blobsOf(wrapper)));
  const pushed = sum(new Map([...after].filter(([digest]) => !before.has(digest))));
  const figures = { ...stages, fetched: index.sent, pulled, pushed, size: sum(after), layers: after.size - 1 };
  console.error(
    `${output} ${expected} ${['pull', 'build', 'push'].map((stage) => stages[stage as 'pull']).join(' + ')} s`,
  );
  return figures;
}

/**
 * Returns the blobs of an image with their size: layers and configuration. A pod with an empty storage pulls them all.
 */
async function blobsOf(reference: string): Promise<ReadonlyMap<string, number>> {
  const [name = '', digest = ''] = reference.split('@');
  const path = `/v2/${name.slice(name.indexOf('/') + 1)}/manifests/${digest}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
  const response = await fetch(`http://${registry.host}${path}`, { headers: { accept } });
  interface Blob {
    readonly digest: string;
    readonly size: number;
  }
  const { config, layers } = (await response.json()) as { readonly config: Blob; readonly layers: readonly Blob[] };
  return new Map([config, ...layers].map(({ digest, size }) => [digest, size]));
}

function sum(blobs: ReadonlyMap<string, number>): number {
  return [...blobs.values()].reduce((total, size) => total + size, 0);
}
