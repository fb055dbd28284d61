import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, stringAt, withValue, withoutValue } from '../openshift/json.ts';
import { annotations, openshiftKeys } from '../openshift/keys.ts';
import { annotationOf } from '../openshift/metadata.ts';
import type { BuildOrigin } from './build-origin.ts';
import { decodeBuildRecord } from './build-record.ts';
import { isWrapperImageSource } from './wrapper.ts';

/**
 * Returns a clone with the original settings of its source and without the webhook's annotations; any other Build is
 * returned unmodified. The origin is trusted only if its record names the Build that OpenShift names as the clone's
 * source.
 */
export function restoreClone(build: JsonObject): { readonly build: JsonObject; readonly isClone: boolean } {
  const source = annotationOf(build, openshiftKeys.cloneOf);
  const origin = source === undefined ? undefined : decodeBuildRecord(build, source)?.origin;
  return origin === undefined
    ? { build, isClone: false }
    : { build: withoutAnnotations(withSettings(build, origin)), isClone: true };
}

function withSettings(build: JsonObject, origin: BuildOrigin): JsonObject {
  const settings: readonly [path: readonly string[], value: unknown][] = [
    [[...sourceStrategyPath, 'from'], origin.from],
    [[...sourceStrategyPath, 'incremental'], origin.incremental],
    [[...sourceStrategyPath, 'scripts'], origin.scripts],
    [[...sourceStrategyPath, 'pullSecret'], origin.pullSecret],
    [['spec', 'output', 'to'], origin.output],
    [['spec', 'output', 'pushSecret'], origin.pushSecret],
  ];
  const restored = settings.reduce(
    (changed, [path, value]) => (value === null ? withoutValue(changed, path) : withValue(changed, path, value)),
    build,
  );
  return withoutImageSource(withoutVariables(restored, origin), origin);
}

/** Removes the added variables, except those whose value the clone replaced. */
function withoutVariables(build: JsonObject, origin: BuildOrigin): JsonObject {
  const path = [...sourceStrategyPath, 'env'];
  const env = arrayAt(build, ...path);
  if (env === undefined || origin.env.length === 0) return build;
  const added = new Map(origin.env.map((variable) => [variable.name, variable]));
  const restored = env.flatMap((variable) => {
    const value = stringAt(variable, 'value');
    const known = added.get(stringAt(variable, 'name') ?? '');
    if (value === undefined || known === undefined || (known.value ?? value) !== value) return [variable];
    return known.replaces === undefined ? [] : [known.replaces];
  });
  return restored.length === 0 ? withoutValue(build, path) : withValue(build, path, restored);
}

/** Removes the entry that delivers the wrapper, and restores the form of the list. */
function withoutImageSource(build: JsonObject, { images: form }: BuildOrigin): JsonObject {
  const path = ['spec', 'source', 'images'];
  const images = arrayAt(build, ...path);
  if (form === undefined || images === undefined) return build;
  const kept = images.filter((entry) => !isWrapperImageSource(entry));
  if (kept.length > 0 || form === 'list') return withValue(build, path, kept);
  return form === 'null' ? withValue(build, path, null) : withoutValue(build, path);
}

function withoutAnnotations(build: JsonObject): JsonObject {
  return Object.values(annotations).reduce(
    (changed, key) => withoutValue(changed, ['metadata', 'annotations', key]),
    build,
  );
}
