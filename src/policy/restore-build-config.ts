import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, equalJson, objectAt, withValue, withoutValue } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import {
  type BuildConfigOrigin,
  appliedVariables,
  buildConfigSettingsOf,
  decodeBuildConfigOrigin,
} from './build-config-origin.ts';

/** Holds a BuildConfig with its original settings. */
export interface RestoredBuildConfig {
  readonly buildConfig: JsonObject;
  /** `recorded`: restored from an origin, its own or that of the old object; `unreadable`: nothing was restored. */
  readonly origin: 'none' | 'recorded' | 'unreadable';
}

const annotationsPath = ['metadata', 'annotations'] as const;
const originPath = [...annotationsPath, annotations.origin];

/** Returns whether an object has the annotation, readable or not. */
export function hasOrigin(object: unknown): boolean {
  return at(object, ...originPath) !== undefined;
}

/**
 * Returns a BuildConfig with its original settings: without the annotation, and without each applied value that is
 * still the same. Values that the user changed since are kept. If an update dropped the annotation (`oc replace`, or by
 * hand), that of the old object is used.
 *
 * | its own origin | that of the old object | used                                                    |
 * | -------------- | ---------------------- | ------------------------------------------------------- |
 * | none           | none                   | none: the object is unmodified                          |
 * | none           | readable               | the old one                                             |
 * | none           | unreadable             | none: the user removed it                               |
 * | unreadable     | any                    | none, and it is kept                                    |
 * | readable       | none, unreadable, same | its own                                                 |
 * | readable       | another, readable      | its own if it matches the object, else the old one      |
 *
 * In the last row, an origin that matches was written in an earlier call for the same request. One that does not match
 * may come from another cluster, in a manifest.
 */
export function restoreBuildConfig(object: JsonObject, oldObject: unknown): RestoredBuildConfig {
  const [own, old] = [object, oldObject].map((from) => at(from, ...originPath));
  const decoded = decode(own);
  if (own !== undefined && decoded === undefined) return { buildConfig: object, origin: 'unreadable' };
  const before = own === old ? decoded : decode(old);
  const isOwn = decoded !== undefined && (before === undefined || before === decoded || matches(decoded, object));
  const origin = isOwn ? decoded : before;
  return origin === undefined
    ? { buildConfig: object, origin: 'none' }
    : { buildConfig: withoutApplied(object, origin), origin: 'recorded' };
}

function decode(text: unknown): BuildConfigOrigin | undefined {
  return typeof text === 'string' ? decodeBuildConfigOrigin(text) : undefined;
}

function matches(origin: BuildConfigOrigin, object: JsonObject): boolean {
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
