import { envOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, isObject, objectAt, parseJson, stringAt } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { isEmptyVariable } from './environment.ts';

/**
 * Returns a BuildConfig as JSON, reduced to what `nextBuildOf` and the plan of a Build read. It has the names of
 * variables and whether they have a value, but no values: they may be passwords.
 */
export function encodeKeptBuildConfig(buildConfig: JsonObject): string {
  const { metadata, spec, status } = buildConfig;
  const strategy = sourceStrategyOf(buildConfig);
  const source = objectAt(spec, 'source');
  return JSON.stringify({
    metadata: {
      ...pick(metadata, ['name', 'uid']),
      labels: pick(at(metadata, 'labels'), Object.values(labels)),
    },
    spec: {
      source: source && {
        ...pick(source, ['contextDir', 'secrets', 'configMaps', 'images']),
        git: pick(source['git'], ['uri']),
      },
      strategy: {
        sourceStrategy: strategy && {
          ...pick(strategy, ['from', 'incremental', 'scripts']),
          env: envOf(buildConfig).map((variable) => ({
            name: stringAt(variable, 'name'),
            value: isEmptyVariable(variable) ? '' : 'set',
          })),
        },
      },
      triggers: (arrayAt(spec, 'triggers') ?? []).filter((trigger) => at(trigger, 'type') === 'ImageChange'),
    },
    status: pick(status, ['lastVersion', 'imageChangeTriggers']),
  });
}

/** Returns the reduced BuildConfig; empty if the text is not JSON. */
export function decodeKeptBuildConfig(text: string): JsonObject {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : {};
}

/** Returns an object with those of the keys that are present. */
function pick(value: unknown, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => at(value, key) !== undefined).map((key) => [key, at(value, key)]));
}
