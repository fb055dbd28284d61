import { ApiException, CustomObjectsApi, KubeConfig, Observable, type RequestContext } from '@kubernetes/client-node';
import { arrayAt, isObject, stringAt } from '../openshift/json.ts';
import { labels, openshiftKeys } from '../openshift/keys.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { HistoryIndex, type HistoryLookup } from './history-index.ts';

const builds = { group: 'build.openshift.io', version: 'v1', plural: 'builds' } as const;
const buildConfigs = { ...builds, plural: 'buildconfigs' } as const;

/** What opts in, as a label selector. */
const optedIn = `${labels.enabled}=true`;

/** Builds a page: OpenShift keeps 10 of a BuildConfig by default, so one page is the rule. */
const pageSize = 500;

/** A cluster that can be read from. */
export interface Cluster {
  /** The API server's URL. */
  readonly server: string;
  readonly kubeConfig: KubeConfig;
}

/**
 * The cluster a kubeconfig file names; without one the pod's own, or what $KUBECONFIG or ~/.kube/config name.
 * @throws Error where that names none
 */
export function loadCluster(file: string | undefined): Cluster {
  const kubeConfig = new KubeConfig();
  if (file === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(file);
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('it has no current context with a cluster');
  return { server, kubeConfig };
}

/** What a live history is asked: also by which label the Builds are found. */
export interface LiveLookup extends HistoryLookup {
  /** The value of the label that the BuildConfig's Builds share. */
  readonly label: string;
}

/**
 * The history as the API server has it at this moment: one GET of the BuildConfig and one paginated LIST of its opted-in
 * Builds for each question. Rejects with the client's error, or with the signal's reason once it aborts.
 */
export function createLiveHistory({ kubeConfig }: Cluster) {
  const api = kubeConfig.makeApiClient(CustomObjectsApi);
  return {
    async read(lookup: LiveLookup, signal: AbortSignal): Promise<BuildConfigHistory> {
      const index = new HistoryIndex();
      await Promise.all([putBuildConfig(index, lookup, signal), putBuilds(index, lookup, signal)]);
      return index.lookUp(lookup);
    },
  };

  async function putBuildConfig(
    index: HistoryIndex,
    { namespace, buildConfig }: LiveLookup,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const found: unknown = await api.getNamespacedCustomObject(
        { ...buildConfigs, namespace, name: buildConfig.name },
        abortable(signal),
      );
      if (isObject(found)) index.setBuildConfig(found);
    } catch (error) {
      if (!(error instanceof ApiException && error.code === 404)) throw error;
    }
  }

  async function putBuilds(index: HistoryIndex, { namespace, label }: LiveLookup, signal: AbortSignal): Promise<void> {
    const labelSelector = `${openshiftKeys.buildConfigLabel}=${label},${optedIn}`;
    let next: string | undefined;
    do {
      const page: unknown = await api.listNamespacedCustomObject(
        { ...builds, namespace, labelSelector, limit: pageSize, ...(next !== undefined && { _continue: next }) },
        abortable(signal),
      );
      for (const build of arrayAt(page, 'items') ?? []) if (isObject(build)) index.setBuild(build);
      next = stringAt(page, 'metadata', 'continue');
    } while (next !== undefined && next !== '');
  }
}

/** The client takes an abort signal only through a middleware. */
function abortable(signal: AbortSignal) {
  const pre = (context: RequestContext) => {
    context.setSignal(signal);
    return new Observable(Promise.resolve(context));
  };
  const post = <T>(context: T) => new Observable(Promise.resolve(context));
  return { middleware: [{ pre, post }], middlewareMergeStrategy: 'append' as const };
}
