import type { JsonObject } from '../openshift/json.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { HistoryIndex, type HistoryLookup } from './history-index.ts';

/** The history in objects that are at hand: what `preview` was given and what the demo's cluster holds. */
export function createMemoryHistory(objects: () => Iterable<JsonObject>) {
  return {
    read(lookup: HistoryLookup): Promise<BuildConfigHistory> {
      const index = new HistoryIndex();
      for (const object of objects()) {
        if (object['kind'] === 'Build') index.setBuild(object);
        if (object['kind'] === 'BuildConfig') index.setBuildConfig(object);
      }
      return Promise.resolve(index.lookUp(lookup));
    },
  };
}

/** No cluster is at hand: nothing is known of earlier Builds. */
export function createAbsentHistory() {
  return { read: () => Promise.resolve('unavailable' as const) };
}
