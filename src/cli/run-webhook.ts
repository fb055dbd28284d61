import { createBuildDefaultsSource } from '../admission/build-defaults-source.ts';
import { createHistorySource } from '../admission/history-source.ts';
import { createScriptCatalog } from '../assemble/catalog.ts';
import type { AssembleConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { messageOf } from '../config/message-of.ts';
import type { Kubernetes } from '../kubernetes/connection.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createAbsentHistory } from '../history/memory-history.ts';
import { hasProxy } from '../policy/wrapper.ts';
import { startWebhook } from '../server/webhook.ts';
import { type Logger, createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createAdmissionReporter } from '../telemetry/report-admission.ts';
import { isClusterConfigured } from './open-cluster.ts';
import { openRegistry } from './open-registry.ts';
import { recordEvents } from './record-events.ts';
import { type ServeArguments, requireOneCertificateSource } from './serve-arguments.ts';
import { startCertificateSource, watchClients } from './serving-certificate.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';
import { createRecall, describeHistory, watchHistory } from './watch-history.ts';

/** Runs the webhook until a signal; resolves with the exit status. */
export async function runWebhook(options: ServeArguments, terminal: Terminal): Promise<number> {
  const { environment, exit, version } = terminal;
  const config = loadConfig(options.config, environment);
  requireOneCertificateSource(options, config);
  const logger = createLogger(config.log, terminal.log);
  const signalled = receiveSignal(terminal, logger);
  const connected = await connectCluster(options, terminal);
  if (connected === undefined) {
    if (config.certificate.secret !== undefined) {
      throw new UsageError('certificate.secret needs a cluster, and there is none at hand; name one with --kubeconfig');
    }
    logger.warn('running standalone: earlier Builds are unknown, every Build is a full build');
  }
  logger.info({ version }, 'starting');
  const metrics = createMetrics();
  metrics.recordVersion(version);
  const registrySources = await openRegistry(config, (result) => metrics.recordRegistryRequest(result));
  const clients = options.clientCa === undefined ? undefined : watchClients(options.clientCa, options, logger);
  const certificate = await startCertificateSource(options.certDir, config.certificate, connected?.kubernetes, logger);

  const stopping = new AbortController();
  const watched = connected === undefined ? undefined : await watchHistory(connected.cluster, config, metrics, logger);
  if (watched !== undefined) metrics.observeHistory(() => watched.status());
  const { baseUrl, image } = config.assemble;
  const isFetched = baseUrl !== '' && image === '';
  const defaults =
    connected === undefined || !isFetched ? undefined : await readBuildDefaults(connected.kubernetes, logger);
  const report = createAdmissionReporter(logger, metrics);
  const record =
    connected === undefined || !config.events.enabled ? undefined : recordEvents(connected.kubernetes, logger);
  try {
    const webhook = await startWebhook({
      ...options,
      version,
      config,
      certificate,
      ...(clients !== undefined && { clients }),
      onRenewalFailure: (error) =>
        logger.error({ error }, 'new certificate cannot be served, keeping the previous certificate'),
      factSources: [
        ...(defaults === undefined ? [] : [createBuildDefaultsSource(defaults, baseUrl)]),
        createHistorySource(watched ?? createAbsentHistory()),
        ...registrySources,
      ],
      historyDetail: () => describeHistory(watched),
      wrapperDetail: () => describeWrapper(config.assemble, defaults?.env ?? []),
      ...(watched !== undefined && {
        recall: createRecall(watched, () => hasProxy(defaults?.env ?? [], baseUrl)),
      }),
      ...(watched?.namespaces !== undefined && { namespaces: watched.namespaces }),
      issuedTags: new IssuedTags(),
      scripts: createScriptCatalog(config.assemble.profiles),
      clock: Date.now,
      metrics,
      onAdmission: (request, admission, milliseconds) => {
        report(request, admission, milliseconds);
        record?.(request, admission);
      },
    });
    const watching = watched?.run(stopping.signal);
    logger.info({ url: webhook.operations.url }, 'listening for probes and metrics');
    logger.info({ url: `${webhook.scripts.url}/s2i` }, 'listening for build pods');
    // A port in use ends the process. While the certificate is missing, a signal must still be able to stop the
    // process.
    const listening = webhook.admission.then(({ url }) => {
      logger.info({ url: `${url}/mutate` }, 'listening for admission reviews');
      return signalled;
    });
    await Promise.race([listening, signalled]);
    logger.info(
      { shutdownDelay: config.server.shutdownDelay },
      'stopping: not ready, serving until the shutdown delay ends',
    );
    await webhook.stop();
    stopping.abort();
    await watching;
  } finally {
    stopping.abort();
    await Promise.all([certificate.close(), clients?.close(), defaults?.close()]);
  }
  logger.info('stopped');
  // A full pipe of the log must not keep the process alive: lines that are not read within a second are lost.
  setTimeout(() => exit(exitCodes.ok), 1_000).unref();
  return exitCodes.ok;
}

/** Returns the cluster that is named or configured, or undefined. The client is loaded only if there is one. */
async function connectCluster({ kubeconfig, standalone }: ServeArguments, { environment, version }: Terminal) {
  if (standalone || (kubeconfig === undefined && !isClusterConfigured(environment))) return undefined;
  const { connect, loadKubeConfig } = await import('../kubernetes/connection.ts');
  const { createCluster } = await import('../kubernetes/cluster.ts');
  try {
    const kubeConfig = loadKubeConfig(kubeconfig);
    const kubernetes = connect(kubeConfig, { version });
    return { kubernetes, cluster: createCluster(kubernetes) };
  } catch (error) {
    throw new UsageError(`${kubeconfig ?? 'the kubeconfig'} names no cluster that can be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Reads the cluster's BuildDefaults while the webhook runs; logs if they cannot be read. */
async function readBuildDefaults(kubernetes: Kubernetes, logger: Logger) {
  const { watchBuildDefaults } = await import('../kubernetes/build-defaults.ts');
  return watchBuildDefaults(kubernetes, (error) => logger.warn({ error }, 'BuildDefaults cannot be read'));
}

/** Returns what `/readyz` says about delivery of the assemble wrapper. */
function describeWrapper({ wrapper, baseUrl, image }: AssembleConfig, defaults: readonly unknown[]): string {
  if (!wrapper) return 'off';
  if (image !== '') return `out of ${image}`;
  if (baseUrl === '') return 'unavailable: assemble.baseUrl and assemble.image are empty';
  return hasProxy(defaults, baseUrl)
    ? 'unavailable: buildDefaults.env of builds.config.openshift.io/cluster sets a proxy for ' +
        `${baseUrl}; set assemble.image`
    : `from ${baseUrl}`;
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function receiveSignal({ signals, exit }: Terminal, logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let received = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      signals.on(signal, () => {
        if (received) {
          logger.warn({ signal }, 'second signal: exiting immediately');
          exit(exitCodes.failure);
        }
        received = true;
        resolve();
      });
    }
  });
}
