import { ApiException, CustomObjectsApi, KubeConfig, Observable, type RequestContext } from '@kubernetes/client-node';
import type { BuildConfigIdentity } from '../openshift/build.ts';
import { arrayAt, isObject, stringAt } from '../openshift/json.ts';
import { labels, openshiftKeys } from '../openshift/keys.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { HistoryFold, buildConfigFactsOf } from './fold.ts';

const builds = { group: 'build.openshift.io', version: 'v1', plural: 'builds' } as const;
const buildConfigs = { ...builds, plural: 'buildconfigs' } as const;

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

/**
 * The history as the API server has it at this moment: one GET of the BuildConfig and one paginated LIST of its opted-in
 * Builds for each question. Rejects with the client's error, or with the signal's reason once it aborts.
 */
export function createLiveHistory({ kubeConfig }: Cluster) {
  const api = kubeConfig.makeApiClient(CustomObjectsApi);
  return { read };

  async function read(
    query: { namespace: string; buildConfig: BuildConfigIdentity; label: string; build: string },
    signal: AbortSignal,
  ): Promise<BuildConfigHistory> {
    const [buildConfig, fold] = await Promise.all([readBuildConfig(), foldBuilds()]);
    return fold.result(buildConfigFactsOf(buildConfig, query.buildConfig.uid));

    async function readBuildConfig(): Promise<unknown> {
      const { namespace } = query;
      try {
        return (await api.getNamespacedCustomObject(
          { ...buildConfigs, namespace, name: query.buildConfig.name },
          abortable(signal),
        )) as unknown;
      } catch (error) {
        if (error instanceof ApiException && error.code === 404) return undefined;
        throw error;
      }
    }

    async function foldBuilds(): Promise<HistoryFold> {
      const fold = new HistoryFold(query.buildConfig);
      const labelSelector = `${openshiftKeys.buildConfigLabel}=${query.label},${labels.enabled}=true`;
      let next: string | undefined;
      do {
        const page: unknown = await api.listNamespacedCustomObject(
          {
            ...builds,
            namespace: query.namespace,
            labelSelector,
            limit: pageSize,
            ...(next !== undefined && { _continue: next }),
          },
          abortable(signal),
        );
        for (const build of arrayAt(page, 'items') ?? []) {
          if (isObject(build) && stringAt(build, 'metadata', 'name') !== query.build) fold.add(build);
        }
        next = stringAt(page, 'metadata', 'continue');
      } while (next !== undefined && next !== '');
      return fold;
    }
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
