/** Starts what is measured: the bare server and the webhook's bundle, each on the first core with the same Node options. */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import { type PinnedProcess, startPinned } from '../load/pinned-process.ts';
import type { LoopDelay } from './observe.ts';

/** What the image starts the program with, read where it is written. */
const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
export const nodeOptions = (JSON.parse(entrypoint) as string[]).filter((word) => word.startsWith('--'));
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value] as const),
);

/** Which core runs what. */
export const cores = { server: 0, load: 1 } as const;

/** A server under load. */
export interface MeasuredServer {
  readonly name: string;
  readonly process: PinnedProcess;
  readonly port: number;
  /** Where its metrics are; undefined of the bare server. */
  readonly opsPort: number | undefined;
  /** Milliseconds from its start until it was ready. */
  readonly startup: number;
  readonly resetDelay: () => Promise<void>;
  readonly delay: () => Promise<LoopDelay>;
  /** Forgets what was logged, so that the disk does not fill. */
  readonly trimLog: () => void;
}

/** A folder for certificates, bundles and logs. */
export interface Workshop {
  readonly folder: string;
  /** The bundle that is measured. */
  readonly program: string;
  readonly remove: () => void;
}

/** @param program the webhook's bundle; undefined: made of the sources as they are */
export async function createWorkshop(program: string | undefined): Promise<Workshop> {
  // In memory where there is such a place: the log would otherwise be written to a disk by the core that is measured.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 's2i-incremental-bench-'));
  const certificate = await createDevelopmentCertificate(['localhost', '127.0.0.1'], Date.now());
  writeFileSync(join(folder, 'ca.crt'), certificate.ca ?? '');
  writeFileSync(join(folder, 'tls.crt'), certificate.cert);
  writeFileSync(join(folder, 'tls.key'), certificate.key, { mode: 0o600 });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  await build({
    entryPoints: ['bare', 'observe'].map((name) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'warning',
  });
  return {
    folder,
    program: program ?? join(folder, 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The bare server. */
export async function startBare({ folder }: Workshop): Promise<MeasuredServer> {
  const process = startPinned({
    core: cores.server,
    environment: imageEnvironment,
    args: [
      ...nodeOptions,
      '--require',
      join(folder, 'observe.js'),
      join(folder, 'bare.js'),
      join(folder, 'tls.crt'),
      join(folder, 'tls.key'),
    ],
  });
  const port = (await process.ask({ kind: 'port' })) as number;
  return measured('bare', process, { port, opsPort: undefined, startup: Number.NaN }, () => undefined);
}

export interface WebhookSettings {
  readonly name: string;
  readonly program: string;
  /** The port of its API server; undefined: standalone. */
  readonly apiServer: number | undefined;
  /** A folder that a CPU profile is written to when it stops. */
  readonly profile?: string | undefined;
  /** The configuration file's text. */
  readonly configuration: string;
}

/** The webhook, once its history is synced. Its log goes to a file, as a container's goes to the kernel. */
export async function startWebhookProcess({ folder }: Workshop, settings: WebhookSettings): Promise<MeasuredServer> {
  const { name, program, apiServer, configuration, profile } = settings;
  const config = join(folder, `${name}.yaml`);
  const log = join(folder, `${name}.log`);
  writeFileSync(config, configuration);
  const where = apiServer === undefined ? ['--standalone'] : ['--kubeconfig', writeKubeconfig(folder, apiServer)];
  const stdout = openSync(log, 'a');
  const started = performance.now();
  const process = startPinned({
    core: cores.server,
    environment: imageEnvironment,
    args: [
      ...(profile === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-dir', profile, '--cpu-prof-name', `${name}.cpuprofile`]),
      ...[...nodeOptions, '--require', join(folder, 'observe.js'), program, 'serve', '--host', '127.0.0.1'],
      ...['--port', '0', '--ops-port', '0', '--scripts-port', '0', '--cert-dir', folder, '--config', config],
      ...where,
    ],
    stdout,
  });
  closeSync(stdout);
  try {
    const ports = await waitUntilReady(log, apiServer !== undefined);
    return measured(name, process, { ...ports, startup: performance.now() - started }, () => truncateSync(log));
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** Seconds a start may take, 100,000 Builds included. */
const patience = 90;

/** Resolves with the ports, as the log tells them. */
async function waitUntilReady(log: string, syncs: boolean): Promise<Pick<MeasuredServer, 'port' | 'opsPort'>> {
  const until = performance.now() + patience * 1_000;
  while (performance.now() < until) {
    await delay(syncs ? 50 : 2);
    const lines = readFileSync(log, 'utf8').split('\n');
    const portOf = (message: string) => {
      const line = lines.find((text) => text.includes(`"${message}"`));
      return line === undefined ? undefined : Number(new URL((JSON.parse(line) as { url: string }).url).port);
    };
    const opsPort = portOf('listening for probes and metrics');
    const port = portOf('listening for admission reviews');
    if (opsPort === undefined || port === undefined) continue;
    const ready = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
    const text = await ready.text();
    if (ready.ok && !(syncs && text.includes('not synced'))) return { port, opsPort };
  }
  throw new Error(`the webhook is not ready after ${patience} s; its log:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
}

function measured(
  name: string,
  process: PinnedProcess,
  facts: Pick<MeasuredServer, 'port' | 'opsPort' | 'startup'>,
  trimLog: () => void,
): MeasuredServer {
  return {
    name,
    process,
    ...facts,
    resetDelay: async () => {
      await process.ask({ kind: 'reset-delay' });
    },
    delay: async () => (await process.ask({ kind: 'delay' })) as LoopDelay,
    trimLog,
  };
}

function writeKubeconfig(folder: string, port: number): string {
  const file = join(folder, 'kubeconfig');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'bench',
        cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(folder, 'ca.crt') },
      },
    ],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  writeFileSync(file, JSON.stringify(kubeconfig));
  return file;
}
