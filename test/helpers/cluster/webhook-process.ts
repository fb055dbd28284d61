import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from './control-plane.ts';
import { freePort } from './free-port.ts';
import type { GuardedProcess, ProcessGuard } from './process-guard.ts';
import { GiveUp, waitFor } from './wait-for.ts';

const program = join(import.meta.dirname, '../../../src/main.ts');

export interface WebhookProcessOptions {
  /** For certificates, configuration and logs; empty at first. */
  readonly directory: string;
  readonly guard: ProcessGuard;
  /** A kubeconfig file of the webhook's user. */
  readonly kubeconfig: string;
  /** The configuration file's text. */
  readonly config: string;
}

/** A line of the program's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** The real program, `s2i-incremental serve`, as a process. */
export class WebhookProcess {
  readonly #options: WebhookProcessOptions;
  readonly #port: number;
  #run = 0;
  #process: GuardedProcess | undefined;
  #urls: { readonly mutate: string; readonly operations: string } | undefined;

  private constructor(options: WebhookProcessOptions, port: number) {
    this.#options = options;
    this.#port = port;
  }

  /** Starts it and resolves when it listens. */
  static async start(options: WebhookProcessOptions): Promise<WebhookProcess> {
    writeFileSync(join(options.directory, 'config.yaml'), options.config);
    const webhook = new WebhookProcess(options, await freePort());
    await webhook.start();
    return webhook;
  }

  /** The URL for reviews; the same after a restart. */
  get url(): string {
    return this.#running().mutate;
  }

  /** The CA of its certificate, PEM; the same after a restart. */
  get ca(): string {
    return readFileSync(join(this.#options.directory, 'certs', 'ca.crt'), 'utf8');
  }

  /** Starts it again with the same port and certificates. */
  async start(): Promise<void> {
    if (this.#process?.hasExited === false) throw new Error('the webhook runs already');
    this.#run += 1;
    const { directory, guard, kubeconfig } = this.#options;
    const flags = {
      kubeconfig,
      host: '127.0.0.1',
      port: String(this.#port),
      'ops-port': '0',
      'scripts-port': '0',
      'cert-dir': join(directory, 'certs'),
      config: join(directory, 'config.yaml'),
    };
    const args = [program, 'serve', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
    const started = guard.spawn(process.execPath, args, openSync(this.#log, 'a'), { HOME: directory });
    this.#process = started;
    this.#urls = await waitFor('the webhook to listen', () => {
      if (started.hasExited) throw new GiveUp(`the webhook ended (${started.outcome}):\n${tailOf(this.#log)}`);
      const mutate = this.#urlLogged('listening for admission reviews');
      const operations = this.#urlLogged('listening for probes and metrics');
      return mutate !== undefined && operations !== undefined && { mutate, operations };
    });
  }

  /** Restarts it with another configuration, by default that of its first start. */
  async restart(config = this.#options.config): Promise<void> {
    await this.stop();
    writeFileSync(join(this.#options.directory, 'config.yaml'), config);
    await this.start();
  }

  /** Sends SIGTERM and resolves with its exit status. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    return this.#process?.end('SIGTERM');
  }

  /** Kills it. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** The lines of its log since its last start. */
  get logged(): readonly LogLine[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    // Node's own output, such as a crash, is no JSON.
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** Returns the text of `/readyz`. */
  async readiness(): Promise<string> {
    return (await fetch(`${this.#running().operations}/readyz`)).text();
  }

  /** Resolves when its watches are open and complete. */
  async synced(): Promise<void> {
    await waitFor('the history to be synced', async () => /history: synced/.test(await this.readiness()));
  }

  /** Returns the number of requests since its last start from its own metric, limited to the given labels. */
  async countRequests(labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const response = await fetch(`${this.#running().operations}/metrics`);
    const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('s2i_incremental_admission_requests_total{'))
      .filter((line) => wanted.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  get #log(): string {
    return join(this.#options.directory, `webhook-${this.#run}.log`);
  }

  #urlLogged(message: string): string | undefined {
    const url = this.logged.find((line) => line.message === message)?.['url'];
    return typeof url === 'string' ? url : undefined;
  }

  #running() {
    if (this.#urls === undefined) throw new Error('the webhook was not started');
    return this.#urls;
  }
}
