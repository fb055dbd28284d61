import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, equalJson, objectAt, withValue, withoutValue } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import {
  type BuildConfigOrigin,
  appliedVariables,
  buildConfigSettingsOf,
  decodeBuildConfigOrigin,
} from './build-config-origin.ts';

/** A BuildConfig as its user has it. */
export interface RestoredBuildConfig {
  readonly buildConfig: JsonObject;
  /** Whether there was an origin, on it or on its old form; one that cannot be read means that nothing was restored. */
  readonly origin: 'none' | 'recorded' | 'unreadable';
}

const annotationsPath = ['metadata', 'annotations'] as const;
const originPath = [...annotationsPath, annotations.origin];

/** Whether an object carries the annotation, whatever it says. */
export function hasOrigin(object: unknown): boolean {
  return at(object, ...originPath) !== undefined;
}

/**
 * A BuildConfig as its user has it: each value that was applied is taken away where it is still the one that was
 * applied, and so is the annotation. What the user changed meanwhile stays. Where the update dropped the annotation (a
 * replace, a removal by hand), that of the old object counts.
 *
 * | its own origin | that of the old object | counts                                                  |
 * | -------------- | ---------------------- | ------------------------------------------------------- |
 * | none           | none                   | nothing: it is as its user has it                       |
 * | none           | readable               | the old one                                             |
 * | none           | unreadable             | nothing: its user took it away                          |
 * | unreadable     | any                    | nothing, and it stays                                   |
 * | readable       | none, unreadable, same | its own                                                 |
 * | readable       | another, readable      | its own if it tells of the object it is on, else the old |
 *
 * The last row tells what this program wrote a moment ago, when it is called again for the same request, from the
 * annotation of another cluster that came with a manifest.
 */
export function restoreBuildConfig(object: JsonObject, oldObject: unknown): RestoredBuildConfig {
  const [own, old] = [object, oldObject].map((from) => at(from, ...originPath));
  const decoded = decode(own);
  if (own !== undefined && decoded === undefined) return { buildConfig: object, origin: 'unreadable' };
  const before = own === old ? decoded : decode(old);
  const isOwn = decoded !== undefined && (before === undefined || before === decoded || tellsOf(decoded, object));
  const origin = isOwn ? decoded : before;
  return origin === undefined
    ? { buildConfig: object, origin: 'none' }
    : { buildConfig: withoutApplied(object, origin), origin: 'recorded' };
}

function decode(text: unknown): BuildConfigOrigin | undefined {
  return typeof text === 'string' ? decodeBuildConfigOrigin(text) : undefined;
}

function tellsOf(origin: BuildConfigOrigin, object: JsonObject): boolean {
  return equalJson(buildConfigSettingsOf(withoutApplied(object, origin)), origin.settings);
}

function withoutApplied(object: JsonObject, origin: BuildConfigOrigin): JsonObject {
  return withoutAnnotation(withoutVariables(withoutIncremental(object, origin), origin), origin);
}

function withoutIncremental(object: JsonObject, { applied, empty }: BuildConfigOrigin): JsonObject {
  const path = [...sourceStrategyPath, 'incremental'];
  if (applied.incremental === undefined || at(object, ...path) !== applied.incremental) return object;
  return Object.hasOwn(empty, 'incremental') ? withValue(object, path, empty.incremental) : withoutValue(object, path);
}

function withoutVariables(object: JsonObject, { applied, empty }: BuildConfigOrigin): JsonObject {
  const path = [...sourceStrategyPath, 'env'];
  const env = arrayAt(object, ...path) ?? [];
  const appliedAs = appliedVariables(applied);
  if (env.every((variable) => appliedAs(variable) === undefined)) return object;
  const restored = env.flatMap((variable) => {
    const planned = appliedAs(variable);
    return planned === undefined ? [variable] : planned.replaces === undefined ? [] : [planned.replaces];
  });
  if (restored.length > 0) return withValue(object, path, restored);
  return Object.hasOwn(empty, 'env') ? withValue(object, path, empty.env) : withoutValue(object, path);
}

function withoutAnnotation(object: JsonObject, { empty }: BuildConfigOrigin): JsonObject {
  if (!hasOrigin(object)) return object;
  const restored = withoutValue(object, originPath);
  if (Object.keys(objectAt(restored, ...annotationsPath) ?? {}).length > 0) return restored;
  return Object.hasOwn(empty, 'annotations')
    ? withValue(restored, annotationsPath, empty.annotations)
    : withoutValue(restored, annotationsPath);
}
