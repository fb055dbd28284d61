import type { Recall } from '../admission/start-build.ts';
import type { FinishedBuild } from '../history/finished-build.ts';
import type { Config } from '../config/config.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { ReflectorEvent } from '../kubernetes/reflector.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Creates the watches on Builds, BuildConfigs and namespaces; their `run` starts them. */
export async function watchHistory(cluster: Cluster, config: Config, metrics: Metrics, logger: Logger) {
  const { createWatchedHistory } = await import('../history/watched-history.ts');
  const { createWatchedNamespaces } = await import('../history/watched-namespaces.ts');
  const onEvent = (event: ReflectorEvent) => {
    const { resource } = event.selection;
    if (event.kind === 'synced') logger.info({ resource, objects: event.objects }, 'history synced');
    else
      logger.warn(
        { resource, retryIn: event.retryIn, error: event.error },
        'history watch interrupted, reading from the API server',
      );
  };
  logger.info({ server: cluster.server }, 'reading history from the cluster');
  const record = (build: FinishedBuild) => metrics.recordBuild(build);
  const watchesAll = config.namespaces.watch;
  const history = createWatchedHistory(cluster, onEvent, Math.random, record, {
    watchesAll,
    keepsSettings: config.startBuild.warn,
  });
  const namespaces = watchesAll ? createWatchedNamespaces(cluster, onEvent, Math.random) : undefined;
  return {
    ...history,
    namespaces,
    run: (signal: AbortSignal) => Promise.all([history.run(signal), namespaces?.run(signal)]),
  };
}

type WatchedCluster = Awaited<ReturnType<typeof watchHistory>>;

/** Returns a function that recalls BuildConfigs from the watches; it knows none unless `startBuild.warn` is true. */
export function createRecall(
  { recall, namespaces }: Pick<WatchedCluster, 'recall' | 'namespaces'>,
  isProxied: () => boolean,
): Recall {
  return (namespace, name) => {
    const known = recall(namespace, name);
    const namespaceLabels = namespaces === undefined ? {} : namespaces.recall(namespace);
    return known === undefined || namespaceLabels === undefined
      ? undefined
      : { ...known, namespaceLabels, isProxied: isProxied() };
  };
}

/** Returns the text of `/readyz` about the history; undefined: there is no cluster. */
export function describeHistory(watched: WatchedCluster | undefined): string {
  if (watched === undefined) return 'standalone';
  const { synced, buildConfigs, notKept } = watched.status();
  if (!synced) return 'not synced, reading from the API server for each Build';
  const large = notKept === 1 ? 'one large namespace' : `${notKept} large namespaces`;
  const more = notKept === 0 ? '' : `, reading Builds of ${large} from the API server`;
  return `synced, ${buildConfigs} BuildConfigs${more}`;
}
