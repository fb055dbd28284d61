import type { JsonObject } from '../openshift/json.ts';
import { buildConfigOf } from '../openshift/build.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import { nextBuildOf } from '../policy/next-build.ts';
import { optInSelector } from '../policy/opt-in.ts';
import { BuildConfigIndex, maxSettingsBytes } from './build-config-index.ts';
import { BuildIndex } from './build-index.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { type FinishedBuild, finishedBuildOf } from './finished-build.ts';
import { createLiveHistory } from './live-history.ts';
import { Reflector, type ReflectorEvent } from '../kubernetes/reflector.ts';

/** Describes the state of the watches. */
export interface HistoryStatus {
  /** Whether both watches are open and complete. */
  readonly synced: boolean;
  readonly buildConfigs: number;
  /** The number of namespaces dropped because of their size. */
  readonly notKept: number;
}

/** Holds a BuildConfig and the past of its Builds. */
export interface BuildConfigPast {
  /** Reduced to what the plan of its next Build reads. */
  readonly buildConfig: JsonObject;
  readonly history: BuildConfigHistory;
}

/** Holds the options of the watches. */
export interface WatchedHistoryOptions {
  /**
   * Whether all Builds and BuildConfigs are watched, including those opted in by namespace; otherwise the API server is
   * asked for these.
   */
  readonly watchesAll?: boolean;
  /** Whether the settings of BuildConfigs are kept for `recall`. */
  readonly keepsSettings?: boolean;
}

/**
 * Provides the history from two watches, on opted-in Builds and BuildConfigs. While they are not open, or lag behind
 * the Build that is being admitted, the API server is asked.
 * @param onFinished called once for each Build that finishes, even while a watch is interrupted
 */
export function createWatchedHistory(
  cluster: Cluster,
  onEvent: (event: ReflectorEvent) => void,
  random: () => number,
  onFinished: (build: FinishedBuild) => void = () => undefined,
  { watchesAll = false, keepsSettings = false }: WatchedHistoryOptions = {},
) {
  const labelSelector = watchesAll ? '' : optInSelector;
  const common = { cluster, onEvent, random };
  const builds = new Reflector<BuildIndex>({
    ...common,
    selection: { resource: 'builds', labelSelector },
    createIndex: (before) => new BuildIndex(before),
    onEvent: (event) => {
      if (event.kind === 'synced') builds.index.complete();
      onEvent(event);
    },
    // A Build that was never seen unfinished may have finished at any time, even before this process started.
    onObject: (build, known) => {
      const finished = known.hasUnfinished(build) ? finishedBuildOf(build) : undefined;
      if (finished !== undefined) onFinished(finished);
    },
  });
  const buildConfigs = new Reflector({
    ...common,
    selection: { resource: 'buildconfigs', labelSelector },
    createIndex: () => new BuildConfigIndex(undefined, keepsSettings ? maxSettingsBytes : 0),
  });
  const live = createLiveHistory(cluster);

  return {
    read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory> {
      const { namespace, buildConfig, number } = query;
      const known = buildConfigs.index.get(namespace, buildConfig);
      // OpenShift counts a Build in its BuildConfig before it creates it, so without that number one watch lags behind.
      // Without the Build before it, the other may. If that Build was deleted or is not opted in, the API server is
      // asked needlessly.
      const isInTime =
        number !== undefined &&
        known !== undefined &&
        known.lastVersion >= number &&
        builds.index.newestNumberOf(query) >= number - 1;
      const isKnown = builds.isCurrent && buildConfigs.isCurrent && isInTime && builds.index.canAnswer(query);
      return isKnown
        ? Promise.resolve({ buildConfig: known.facts, ...builds.index.lookUp(query) })
        : live.read(query, signal);
    },

    /**
     * Returns what the watches know of a BuildConfig, without I/O; undefined if they are not open, or the settings are
     * not kept.
     */
    recall: (namespace: string, name: string): BuildConfigPast | undefined => {
      const buildConfig = buildConfigs.index.recall(namespace, name);
      if (!builds.isCurrent || !buildConfigs.isCurrent || buildConfig === undefined) return undefined;
      const next = nextBuildOf(buildConfig, undefined);
      const identity = buildConfigOf(next);
      const known = identity === undefined ? undefined : buildConfigs.index.get(namespace, identity);
      if (identity === undefined || known === undefined) return undefined;
      const query = { namespace, buildConfig: identity, build: nameOf(next) };
      return builds.index.canAnswer(query)
        ? { buildConfig, history: { buildConfig: known.facts, ...builds.index.lookUp(query) } }
        : undefined;
    },

    status(): HistoryStatus {
      return {
        synced: builds.isCurrent && buildConfigs.isCurrent,
        buildConfigs: buildConfigs.index.size,
        notKept: builds.index.notKept,
      };
    },

    /** Watches until the signal aborts. */
    async run(signal: AbortSignal): Promise<void> {
      await Promise.all([builds.run(signal), buildConfigs.run(signal)]);
    },
  };
}
