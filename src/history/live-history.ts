import { TooLargeError } from '../kubernetes/cluster-error.ts';
import { type Cluster, listPages } from '../kubernetes/cluster.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { isLabelValue, nameOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import { BuildConfigIndex } from './build-config-index.ts';
import { BuildIndex } from './build-index.ts';
import { Turns } from './turns.ts';

/** Limits how much is read for one history, and how many histories are read at once. */
export interface LiveLimits {
  /** Bytes of all pages of a history together. */
  readonly bytes: number;
  readonly atOnce: number;
}

const defaultLimits: LiveLimits = {
  // About 3,000 Builds of 5 kB; OpenShift keeps 10 of a BuildConfig by default.
  bytes: 16 * 1024 * 1024,
  // Each may hold a page in memory. A read takes about 20 ms, and a cluster starts a few Builds a second.
  atOnce: 4,
};

/**
 * Reads the history from the API server: for each query one GET of the BuildConfig and one paginated LIST of its
 * Builds. Rejects with the client's error, with TooLargeError, or when the signal aborts.
 */
export function createLiveHistory(cluster: Cluster, { bytes: maxBytes, atOnce } = defaultLimits) {
  const turns = new Turns(atOnce);

  return {
    read: (query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory> =>
      turns.take(() => read(query, signal), signal),
  };

  async function read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory> {
    const [buildConfig, builds] = await Promise.all([readBuildConfig(query, signal), readBuilds(query, signal)]);
    return { buildConfig, ...builds.lookUp(query) };
  }

  async function readBuildConfig({ namespace, buildConfig }: HistoryQuery, signal: AbortSignal) {
    const index = new BuildConfigIndex();
    const found = await cluster.get('buildconfigs', namespace, buildConfig.name, signal);
    if (found !== undefined) index.set(found);
    return index.get(namespace, buildConfig)?.facts;
  }

  async function readBuilds(
    { namespace, label, build: admitted }: HistoryQuery,
    signal: AbortSignal,
  ): Promise<BuildIndex> {
    const index = new BuildIndex();
    // No stored Build has an invalid label.
    if (!isLabelValue(label)) return index;
    // The opt-in label is not part of the selector: Builds opted in by namespace do not have it.
    const labelSelector = `${openshiftKeys.buildConfigLabel}=${label}`;
    const selection = { resource: 'builds', namespace, labelSelector } as const;
    let read = 0;
    for await (const { items, bytes } of listPages(cluster, selection, signal)) {
      read += bytes;
      if (read > maxBytes) throw new TooLargeError(maxBytes);
      for (const build of items) if (nameOf(build) !== admitted) index.set(build);
    }
    return index;
  }
}
