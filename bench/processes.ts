/**
 * Starts the measured servers on the first core with the image's options: the bare server and the webhook's bundles.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDevelopmentCertificate } from '../src/certificates/certificate-files.ts';
import { imageEnvironment, nodeOptions } from '../test/helpers/image-options.ts';

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((file) => existsSync(file));

/** A Node process on its own core. */
export interface PinnedProcess {
  /** Resolves with its first message. */
  readonly started: Promise<unknown>;
  /** Sends a message and resolves with the answer; one at a time. */
  readonly ask: (question: object) => Promise<unknown>;
  /** Bytes of memory: current and peak. */
  readonly memory: () => { readonly resident: number; readonly peak: number };
  /** Seconds of processor time of all threads. */
  readonly processorTime: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts Node on one core without this machine's environment; standard output goes to the file descriptor. */
export function startPinned(core: 0 | 1, args: readonly string[], stdout: number | 'inherit'): PinnedProcess {
  const pin = taskset === undefined ? [] : [taskset, '-c', String(core)];
  const [command, ...rest] = [...pin, process.execPath] as unknown as [string, ...string[]];
  const child = spawn(command, [...rest, ...args], {
    env: { ...imageEnvironment, PATH: process.env['PATH'], HOME: '/nonexistent', NODE_ENV: 'production' },
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  });
  const proc = (file: string) => readFileSync(`/proc/${child.pid ?? 0}/${file}`, 'utf8');
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(proc('status'))?.[1]);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${args.join(' ')} ended`)));
  ended.catch(() => undefined);
  const answered = async () => ((await Promise.race([once(child, 'message'), ended])) as unknown[])[0];
  const started = answered();
  started.catch(() => undefined);
  return {
    started,
    ask: (question) => {
      child.send(question);
      return answered();
    },
    memory: () => ({ resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 }),
    processorTime: () => {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A server under load. */
export interface MeasuredServer extends PinnedProcess {
  readonly name: string;
  readonly port: number;
  /** Milliseconds from start to ready. */
  readonly startup: number;
  /** Empties the log, which is in memory. */
  readonly trimLog: () => void;
}

/**
 * Creates a folder for certificates, bundles and logs: in memory, so that the measured core does not write to a disk.
 */
export async function createWorkshop(): Promise<string> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 's2i-incremental-bench-'));
  const certificate = await createDevelopmentCertificate(['localhost', '127.0.0.1'], Date.now());
  writeFileSync(join(folder, 'ca.crt'), certificate.ca ?? '');
  writeFileSync(join(folder, 'tls.crt'), certificate.cert);
  writeFileSync(join(folder, 'tls.key'), certificate.key, { mode: 0o600 });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  // As the chart configures it; the rest is default.
  writeFileSync(join(folder, 'config.yaml'), 'assemble: {baseUrl: "http://webhook.example.svc:8081/s2i"}\n');
  return folder;
}

/** Starts a program of this folder, with the certificate. */
export function startHelper(core: 0 | 1, folder: string, file: string): PinnedProcess {
  const program = fileURLToPath(new URL(file, import.meta.url));
  return startPinned(core, [...nodeOptions, program, join(folder, 'tls.crt'), join(folder, 'tls.key')], 'inherit');
}

/** Starts the bare server. */
export async function startBare(folder: string): Promise<MeasuredServer> {
  const bare = startHelper(0, folder, './bare.ts');
  const port = (await bare.started) as number;
  return { ...bare, name: 'bare', port, startup: Number.NaN, trimLog: () => undefined };
}

/** Seconds that a start may take, with 100,000 Builds. */
const patience = 120;

/** Starts a webhook; resolves when it is ready and, with the port of an API server, its history is synced. */
export async function startWebhook(
  folder: string,
  { name, program, apiServer }: { readonly name: string; readonly program: string; readonly apiServer?: number },
): Promise<MeasuredServer> {
  const log = join(mkdtempSync(join(folder, 'log-')), 'log');
  const stdout = openSync(log, 'a');
  const cluster = apiServer === undefined ? ['--standalone'] : ['--kubeconfig', writeKubeconfig(folder, apiServer)];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0', '--cert-dir', folder];
  const serve = ['serve', ...ports, '--config', join(folder, 'config.yaml'), ...cluster];
  const since = performance.now();
  const server = startPinned(0, [...nodeOptions, program, ...serve], stdout);
  closeSync(stdout);
  const portOf = (message: string) => {
    const url = new RegExp(`"url":"([^"]*)","message":"${message}"`).exec(readFileSync(log, 'utf8'))?.[1];
    return url === undefined ? undefined : Number(new URL(url).port);
  };
  while (performance.now() - since < patience * 1_000) {
    await delay(apiServer === undefined ? 2 : 50);
    const [operations, port] = ['listening for probes and metrics', 'listening for admission reviews'].map(portOf);
    if (operations === undefined || port === undefined) continue;
    const ready = await fetch(`http://127.0.0.1:${operations}/readyz`);
    if (!ready.ok || (await ready.text()).includes('not synced')) continue;
    return { ...server, name, port, startup: performance.now() - since, trimLog: () => truncateSync(log) };
  }
  await server.stop();
  throw new Error(`the webhook is not ready after ${patience} s; its log:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
}

function writeKubeconfig(folder: string, port: number): string {
  const file = join(folder, 'kubeconfig');
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(folder, 'ca.crt') };
  const kubeconfig = {
    clusters: [{ name: 'bench', cluster }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  writeFileSync(file, JSON.stringify(kubeconfig));
  return file;
}
