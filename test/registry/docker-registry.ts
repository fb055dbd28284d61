import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from '../../src/certificates/self-signed.ts';
import { freePort } from '../helpers/cluster/free-port.ts';
import { type GuardedProcess, ProcessGuard } from '../helpers/cluster/process-guard.ts';
import { GiveUp, waitFor } from '../helpers/cluster/wait-for.ts';
import { type PostOptions, send } from '../helpers/webhook.ts';

export interface DockerRegistryOptions {
  /** With it, the registry uses TLS. */
  readonly certificate?: KeyPair;
  /** Returns the section `auth` of its configuration. */
  readonly auth?: (write: (text: string) => string) => object;
}

/** Debian's docker-registry in its own folder. */
export interface DockerRegistry {
  /** `127.0.0.1` and its port. */
  readonly host: string;
  /** Sends a request to a path, trusting the given certificate. */
  request(path: string, body: string | Buffer, options: PostOptions): ReturnType<typeof send>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts Debian's docker-registry on a free port; it keeps port and images over a restart. */
export async function startDockerRegistry(
  ca: string,
  { certificate, auth }: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 's2i-incremental-registry-'));
  const guard = new ProcessGuard(directory);
  let files = 0;
  const write = (text: string) => {
    const file = join(directory, `file-${(files += 1)}`);
    writeFileSync(file, text);
    return file;
  };
  const host = `127.0.0.1:${await freePort()}`;
  const url = `${certificate === undefined ? 'http' : 'https'}://${host}`;
  // JSON is YAML.
  const configuration = write(
    JSON.stringify({
      version: '0.1',
      storage: { filesystem: { rootdirectory: join(directory, 'images') }, delete: { enabled: true } },
      http: {
        addr: host,
        secret: 'of the test',
        ...(certificate !== undefined && {
          tls: { certificate: write(certificate.cert), key: write(certificate.key) },
        }),
      },
      ...(auth !== undefined && { auth: auth(write) }),
    }),
  );
  let server: GuardedProcess | undefined;
  const registry: DockerRegistry = {
    host,
    request: (path, body, options) => send(new URL(path, url).href, ca, body, options),
    start: async () => {
      const log = openSync(join(directory, 'log'), 'a');
      const started = guard.spawn('docker-registry', ['serve', configuration], log, { PATH: process.env['PATH'] });
      closeSync(log);
      server = started;
      await waitFor('docker-registry to answer', async () => {
        if (started.hasExited) throw new GiveUp(readFileSync(join(directory, 'log'), 'utf8'));
        return (await registry.request('/v2/', '', { method: 'GET' })).status > 0;
      });
    },
    stop: async () => {
      await server?.end('SIGTERM');
    },
    remove: () => guard.release(),
  };
  try {
    await registry.start();
    return registry;
  } catch (error) {
    await guard.release();
    throw error;
  }
}
