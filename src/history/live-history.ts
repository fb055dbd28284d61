import { labels, openshiftKeys } from '../openshift/keys.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { BuildConfigIndex } from './build-config-index.ts';
import { BuildIndex, type HistoryLookup } from './build-index.ts';
import { type Cluster, listPages } from './cluster.ts';

/** What opts in, as a label selector. */
export const optedIn = `${labels.enabled}=true`;

/** Builds a page: OpenShift keeps 10 of a BuildConfig by default, so one page is the rule. */
const pageSize = 500;

/** What a live history is asked: also by which label the Builds are found. */
export interface LiveLookup extends HistoryLookup {
  /** The value of the label that the BuildConfig's Builds share. */
  readonly label: string;
}

/**
 * The history as the API server has it at this moment: one GET of the BuildConfig and one paginated LIST of its opted-in
 * Builds for each question. Rejects with the client's error, or once the signal aborts.
 */
export function createLiveHistory(cluster: Cluster) {
  return {
    async read(lookup: LiveLookup, signal: AbortSignal): Promise<BuildConfigHistory> {
      const [buildConfig, builds] = await Promise.all([readBuildConfig(lookup, signal), readBuilds(lookup, signal)]);
      return { buildConfig, ...builds.lookUp(lookup) };
    },
  };

  async function readBuildConfig({ namespace, buildConfig }: LiveLookup, signal: AbortSignal) {
    const index = new BuildConfigIndex();
    const found = await cluster.get('buildconfigs', namespace, buildConfig.name, signal);
    if (found !== undefined) index.set(found);
    return index.get(namespace, buildConfig)?.facts;
  }

  async function readBuilds({ namespace, label }: LiveLookup, signal: AbortSignal): Promise<BuildIndex> {
    const index = new BuildIndex();
    const labelSelector = `${openshiftKeys.buildConfigLabel}=${label},${optedIn}`;
    const selection = { resource: 'builds', namespace, labelSelector } as const;
    for await (const { items } of listPages(cluster, selection, pageSize, signal)) {
      items.forEach((build) => index.set(build));
    }
    return index;
  }
}
