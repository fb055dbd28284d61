import type { BuildConfigIdentity } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { HistoryFold, buildConfigFactsOf } from './fold.ts';

/** The history in Builds and BuildConfigs that are at hand: what `preview` was given and what the demo's cluster holds. */
export function createMemoryHistory(objects: () => Iterable<JsonObject>) {
  return {
    read(query: { namespace: string; buildConfig: BuildConfigIdentity; build: string }): Promise<BuildConfigHistory> {
      const fold = new HistoryFold(query.buildConfig);
      let buildConfig: JsonObject | undefined;
      for (const object of objects()) {
        if ((stringAt(object, 'metadata', 'namespace') ?? '') !== query.namespace) continue;
        if (object['kind'] === 'Build' && nameOf(object) !== query.build) fold.add(object);
        if (object['kind'] === 'BuildConfig' && nameOf(object) === query.buildConfig.name) buildConfig = object;
      }
      return Promise.resolve(fold.result(buildConfigFactsOf(buildConfig, query.buildConfig.uid)));
    },
  };
}

/** No cluster is at hand: nothing is known of earlier Builds. */
export function createAbsentHistory() {
  return { read: () => Promise.resolve('unavailable' as const) };
}
