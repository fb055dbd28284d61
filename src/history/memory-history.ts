import type { JsonObject } from '../openshift/json.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { BuildConfigIndex } from './build-config-index.ts';
import { BuildIndex, type HistoryLookup } from './build-index.ts';

/** The history in objects that are at hand: what `preview` was given and what the demo's cluster holds. */
export function createMemoryHistory(objects: () => Iterable<JsonObject>) {
  return {
    read(lookup: HistoryLookup): Promise<BuildConfigHistory> {
      const [builds, buildConfigs] = [new BuildIndex(), new BuildConfigIndex()];
      for (const object of objects()) {
        if (object['kind'] === 'Build') builds.set(object);
        if (object['kind'] === 'BuildConfig') buildConfigs.set(object);
      }
      const buildConfig = buildConfigs.get(lookup.namespace, lookup.buildConfig)?.facts;
      return Promise.resolve({ buildConfig, ...builds.lookUp(lookup) });
    },
  };
}

/** No cluster is at hand: nothing is known of earlier Builds. */
export function createAbsentHistory() {
  return { read: () => Promise.resolve('unavailable' as const) };
}
