import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { certificateFiles, loadOrCreateCertificate } from '../certificates/certificate-files.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Cluster } from '../history/cluster.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createAbsentHistory } from '../history/memory-history.ts';
import type { ReflectorEvent } from '../history/reflector.ts';
import { startWebhook } from '../server/webhook.ts';
import { type Logger, createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createAdmissionReporter } from '../telemetry/report-admission.ts';
import { UsageError, exitCodes, messageOf, parseOptions } from './usage.ts';

export const serveHelp = `Usage: s2i-incremental serve [options]

Runs the webhook: POST /mutate over HTTPS, probes and metrics over HTTP.

  --config FILE        configuration (YAML); environment variables S2I_INCREMENTAL_… override it
  --kubeconfig FILE    the cluster to read earlier Builds from; default: the pod's own, $KUBECONFIG, ~/.kube/config
  --standalone         read from no cluster: Builds get their tag and env, but nothing to continue from
  --host ADDRESS       address to listen on (default 0.0.0.0)
  --port PORT          HTTPS port (default 8443; 0: any free one)
  --ops-port PORT      HTTP port for /healthz, /readyz and /metrics (default 8080; 0: any free one)
  --scripts-port PORT  HTTP port where build pods get the assemble wrapper (default 8081; 0: any free one)
  --cert-dir DIR       folder with tls.crt, tls.key, ca.crt (default certs); without any, self-signed ones are made
  -h, --help           this text

Examples:
  s2i-incremental serve --standalone
  s2i-incremental serve --config config.yaml --cert-dir /certs
`;

interface ServeArguments {
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly standalone: boolean;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly scriptsPort: number;
  readonly certDir: string;
}

/** Runs the webhook until a signal ends it; resolves with the exit status. */
export async function serve(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const options = parseServeArguments(args);
  if (options === 'help') {
    process.stdout.write(serveHelp);
    return exitCodes.ok;
  }
  const config = loadConfig(options.config, environment);
  const logger = createLogger(config.log);
  const signalled = receiveSignal(logger);
  const cluster = await connect(options, environment);
  if (cluster === undefined) {
    logger.warn('running standalone: no cluster to read earlier Builds from, so every Build is a full one');
  }
  const names = ['localhost', '127.0.0.1', '::1', hostname()] as const;
  const { certificate, created } = await loadOrCreateCertificate(options.certDir, names, Date.now());
  if (created) logger.info({ ca: join(options.certDir, certificateFiles.ca) }, 'made a self-signed certificate');

  const metrics = createMetrics();
  const stopping = new AbortController();
  const watched = cluster === undefined ? undefined : await watchHistory(cluster, logger);
  if (watched !== undefined) metrics.observeHistory(() => watched.status());
  const webhook = await startWebhook({
    ...options,
    config,
    certificate,
    history: watched ?? createAbsentHistory(),
    historyDetail: () => describeHistory(watched),
    issuedTags: new IssuedTags(),
    scripts: createScriptCatalog(config.assemble.profiles),
    clock: Date.now,
    metrics,
    onAdmission: createAdmissionReporter(logger, metrics),
  });
  const watching = watched?.run(stopping.signal);
  logger.info({ url: `${webhook.admission.url}/mutate` }, 'listening for admission reviews');
  logger.info({ url: `${webhook.scripts.url}/s2i` }, 'listening for build pods');
  logger.info({ url: webhook.operations.url }, 'listening for probes and metrics');

  await signalled;
  logger.info({ shutdownDelay: config.server.shutdownDelay }, 'stopping: not ready, serving on for the shutdown delay');
  await webhook.stop();
  stopping.abort();
  await watching;
  logger.info('stopped');
  return exitCodes.ok;
}

function parseServeArguments(args: readonly string[]): ServeArguments | 'help' {
  const values = parseOptions(args, {
    config: { type: 'string' },
    kubeconfig: { type: 'string' },
    standalone: { type: 'boolean' },
    host: { type: 'string' },
    port: { type: 'string' },
    'ops-port': { type: 'string' },
    'scripts-port': { type: 'string' },
    'cert-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
  if (values.standalone === true && values.kubeconfig !== undefined) {
    throw new UsageError('--standalone and --kubeconfig exclude each other');
  }
  return {
    config: values.config,
    kubeconfig: values.kubeconfig,
    standalone: values.standalone === true,
    host: values.host ?? '0.0.0.0',
    port: portOf('--port', values.port, 8443),
    opsPort: portOf('--ops-port', values['ops-port'], 8080),
    scriptsPort: portOf('--scripts-port', values['scripts-port'], 8081),
    certDir: values['cert-dir'] ?? 'certs',
  };
}

function portOf(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(`${flag} must be a port from 0 to 65535; is ${JSON.stringify(text)}`);
  return Number(text);
}

const podToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The cluster that was named or is at hand, or undefined. The client is loaded only where there is one. */
async function connect(
  { kubeconfig, standalone }: ServeArguments,
  environment: NodeJS.ProcessEnv,
): Promise<Cluster | undefined> {
  // A pod has the address of the API server in any case, but a token only if it is to use it.
  const inCluster = environment['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(podToken);
  const atHand =
    inCluster || (environment['KUBECONFIG'] ?? '') !== '' || existsSync(join(homedir(), '.kube', 'config'));
  if (standalone || (kubeconfig === undefined && !atHand)) return undefined;
  const { connectCluster } = await import('../history/cluster.ts');
  try {
    return connectCluster(kubeconfig);
  } catch (error) {
    throw new UsageError(`${kubeconfig ?? 'the kubeconfig'} names no cluster that can be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function watchHistory(cluster: Cluster, logger: Logger) {
  const { createWatchedHistory } = await import('../history/watched-history.ts');
  const onEvent = (event: ReflectorEvent) => {
    const { resource } = event.selection;
    if (event.kind === 'synced') logger.info({ resource, objects: event.objects }, 'history synced');
    else
      logger.warn({ resource, retryIn: event.retryIn, error: event.error }, 'history watch interrupted, asking live');
  };
  logger.info({ server: cluster.server }, 'reading history from the cluster');
  return createWatchedHistory(cluster, onEvent, Math.random);
}

function describeHistory(watched: Awaited<ReturnType<typeof watchHistory>> | undefined): string {
  if (watched === undefined) return 'standalone';
  const { synced, buildConfigs } = watched.status();
  return synced ? `synced, ${buildConfigs} BuildConfigs` : 'not synced, asking the API server for each Build';
}

/** Resolves at the first SIGTERM or SIGINT; from then on a second one ends the process at once. */
function receiveSignal(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let received = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (received) {
          logger.warn({ signal }, 'second signal: ending at once');
          process.exit(exitCodes.failure);
        }
        received = true;
        resolve();
      });
    }
  });
}
