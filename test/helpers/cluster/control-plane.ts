import { execFile } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyPair } from '../../../src/certificates/self-signed.ts';
import type { Credentials } from './credentials.ts';
import { freePort } from './free-port.ts';
import type { GuardedProcess, ProcessGuard } from './process-guard.ts';
import { GiveUp, waitFor } from './wait-for.ts';

const toolsScript = join(import.meta.dirname, '../../../hack/cluster-tools.sh');

export interface ControlPlaneOptions {
  /** For data, certificates and logs; empty at first. */
  readonly directory: string;
  readonly guard: ProcessGuard;
  readonly credentials: Credentials;
  /** The user who checks whether the API server is ready. */
  readonly admin: KeyPair;
}

/** etcd and kube-apiserver on loopback ports, which they keep. */
export class ControlPlane {
  /** Such as `https://127.0.0.1:23456`. */
  readonly url: string;
  readonly #options: ControlPlaneOptions;
  readonly #tools: string;
  readonly #ports: { readonly etcd: number; readonly peers: number; readonly api: number };
  readonly #readyPaths = ['/readyz'];
  #apiServer: GuardedProcess | undefined;

  private constructor(options: ControlPlaneOptions, tools: string, ports: ControlPlane['ports']) {
    this.#options = options;
    this.#tools = tools;
    this.#ports = ports;
    this.url = `https://127.0.0.1:${ports.api}`;
  }

  /** Builds missing tools, starts both processes and resolves when the API server is ready. */
  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const { stdout } = await promisify(execFile)(toolsScript);
    const ports = { etcd: await freePort(), peers: await freePort(), api: await freePort() };
    const controlPlane = new ControlPlane(options, stdout.trim(), ports);
    controlPlane.#startEtcd();
    await controlPlane.startApiServer();
    return controlPlane;
  }

  get ports() {
    return this.#ports;
  }

  /** Starts the API server on its port and resolves when it is ready. */
  async startApiServer(): Promise<void> {
    if (this.#apiServer?.hasExited === false) throw new Error('the API server runs already');
    const { directory, credentials } = this.#options;
    const { files } = credentials;
    const log = join(directory, 'kube-apiserver.log');
    const apiServer = this.#spawn('kube-apiserver', log, {
      'etcd-servers': `http://127.0.0.1:${this.#ports.etcd}`,
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': String(this.#ports.api),
      'cert-dir': directory,
      'tls-cert-file': files.servingCert,
      'tls-private-key-file': files.servingKey,
      'client-ca-file': files.ca,
      'authorization-mode': 'RBAC',
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': files.serviceAccountKey,
      'service-account-signing-key-file': files.serviceAccountKey,
      'service-cluster-ip-range': '10.0.0.0/24',
      // Without kube-proxy, webhooks with a Service are called at the addresses of its EndpointSlices.
      'enable-aggregator-routing': 'true',
      // There are no controllers to create ServiceAccounts, and no other API servers.
      'disable-admission-plugins': 'ServiceAccount',
      'endpoint-reconciler-type': 'none',
    });
    this.#apiServer = apiServer;
    await waitFor(
      'the API server to be ready',
      async () => {
        if (apiServer.hasExited) throw new GiveUp(`kube-apiserver ended (${apiServer.outcome}):\n${tailOf(log)}`);
        for (const path of this.#readyPaths) if ((await this.#ask(path)) !== 200) return false;
        return true;
      },
      90,
    ).catch((error: unknown) => {
      if (error instanceof GiveUp) throw error;
      const logs = [log, join(directory, 'etcd.log')].map((file) => `${file}:\n${tailOf(file)}`);
      throw new Error(`the API server does not get ready\n${logs.join('\n')}`, { cause: error });
    });
  }

  /**
   * Waits for the API server to serve a path, now and after each start: when it is ready, custom resources may still be
   * answered with 404 (Not Found) or, with a selector, 429 (Too Many Requests).
   */
  async expectServed(path: string): Promise<void> {
    this.#readyPaths.push(path);
    await waitFor(`${path} to be served`, async () => (await this.#ask(path)) === 200);
  }

  /** Ends the API server; etcd keeps its data. */
  async stopApiServer(): Promise<void> {
    // Like a failing machine; after SIGTERM it would wait many seconds for watches.
    await this.#apiServer?.end('SIGKILL');
  }

  async restartApiServer(): Promise<void> {
    await this.stopApiServer();
    await this.startApiServer();
  }

  /**
   * Compacts etcd to its newest revision, and returns that. The API server still serves earlier revisions from its own
   * cache; after a restart it answers 410 (Gone).
   */
  async compact(): Promise<string> {
    const { header } = (await this.#askEtcd('range', { key: Buffer.from('/').toString('base64') })) as {
      header: { revision: string };
    };
    await this.#askEtcd('compaction', { revision: header.revision, physical: true });
    return header.revision;
  }

  #startEtcd(): void {
    const client = `http://127.0.0.1:${this.#ports.etcd}`;
    const peer = `http://127.0.0.1:${this.#ports.peers}`;
    this.#spawn('etcd', join(this.#options.directory, 'etcd.log'), {
      'data-dir': join(this.#options.directory, 'etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      // The data is discarded in the end.
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    });
  }

  #spawn(tool: string, log: string, flags: Readonly<Record<string, string>>): GuardedProcess {
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    return this.#options.guard.spawn(join(this.#tools, tool), args, openSync(log, 'a'), {
      HOME: this.#options.directory,
    });
  }

  /** Resolves with the status of an admin's GET on a separate connection. */
  #ask(path: string): Promise<number | undefined> {
    const { credentials, admin } = this.#options;
    const options = { ...admin, ca: credentials.ca, agent: false, timeout: 5_000 };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`${this.url}${path}`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('timeout', () => request.destroy(new Error(`no answer from ${path}`)));
      request.on('error', reject);
      request.end();
    });
  }

  /** Calls etcd's JSON gateway. */
  async #askEtcd(operation: string, body: object): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#ports.etcd}/v3/kv/${operation}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`etcd answered ${operation} with ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

/** Returns the last lines of a log. */
export function tailOf(file: string, lines = 25): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
