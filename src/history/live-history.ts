import { openshiftKeys } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import { optInSelector } from '../policy/opt-in.ts';
import { BuildConfigIndex } from './build-config-index.ts';
import { BuildIndex } from './build-index.ts';
import { type Cluster, listPages } from '../kubernetes/cluster.ts';

/** Builds a page: OpenShift keeps 10 of a BuildConfig by default, so one page is the rule. */
const pageSize = 500;

/**
 * The history as the API server has it at this moment: one GET of the BuildConfig and one paginated LIST of its opted-in
 * Builds for each question. Rejects with the client's error, or once the signal aborts.
 */
export function createLiveHistory(cluster: Cluster) {
  return {
    async read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory> {
      const [buildConfig, builds] = await Promise.all([readBuildConfig(query, signal), readBuilds(query, signal)]);
      return { buildConfig, ...builds.lookUp(query) };
    },
  };

  async function readBuildConfig({ namespace, buildConfig }: HistoryQuery, signal: AbortSignal) {
    const index = new BuildConfigIndex();
    const found = await cluster.get('buildconfigs', namespace, buildConfig.name, signal);
    if (found !== undefined) index.set(found);
    return index.get(namespace, buildConfig)?.facts;
  }

  async function readBuilds(
    { namespace, label, build: asking }: HistoryQuery,
    signal: AbortSignal,
  ): Promise<BuildIndex> {
    const index = new BuildIndex();
    const labelSelector = `${openshiftKeys.buildConfigLabel}=${label},${optInSelector}`;
    const selection = { resource: 'builds', namespace, labelSelector } as const;
    for await (const { items } of listPages(cluster, selection, pageSize, signal)) {
      for (const build of items) if (nameOf(build) !== asking) index.set(build);
    }
    return index;
  }
}
