import type { JsonObject } from '../openshift/json.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { BuildConfigIndex } from './build-config-index.ts';
import { BuildIndex, type BuildQuery } from './build-index.ts';

/** Reads the history from given objects: those of `preview` or of the demo's cluster. */
export function createMemoryHistory(objects: () => Iterable<JsonObject>) {
  return {
    read(query: BuildQuery): Promise<BuildConfigHistory> {
      const [builds, buildConfigs] = [new BuildIndex(), new BuildConfigIndex()];
      for (const object of objects()) {
        const isAsking = nameOf(object) === query.build && namespaceOf(object) === query.namespace;
        if (object['kind'] === 'Build' && !isAsking) builds.set(object);
        if (object['kind'] === 'BuildConfig') buildConfigs.set(object);
      }
      const buildConfig = buildConfigs.get(query.namespace, query.buildConfig)?.facts;
      return Promise.resolve({ buildConfig, ...builds.lookUp(query) });
    },
  };
}

/** Returns a history for use without a cluster: it is always unavailable. */
export function createAbsentHistory() {
  return { read: () => Promise.resolve('unavailable' as const) };
}
