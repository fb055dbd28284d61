import { type JsonObject, arrayAt, at, isObject, objectAt, stringAt } from './json.ts';
import { openshiftKeys } from './keys.ts';
import { annotationOf, isObjectName, nameOf } from './metadata.ts';

/** Where the Source strategy stands in a Build and, the same, in a BuildConfig. */
export const sourceStrategyPath = ['spec', 'strategy', 'sourceStrategy'] as const;

/** The Source strategy of a Build or BuildConfig; undefined with any other strategy or none. */
export function sourceStrategyOf(object: JsonObject): JsonObject | undefined {
  return objectAt(object, ...sourceStrategyPath);
}

/** Returns the entries of the strategy's env, whatever they are; empty without a list. */
export function envOf(object: JsonObject): readonly unknown[] {
  return arrayAt(sourceStrategyOf(object), 'env') ?? [];
}

/**
 * Names that the platform adds to a Build's env, such as that of `oc start-build --build-loglevel`: not the
 * application's.
 */
const platformName = /^(?:BUILD_LOGLEVEL|OPENSHIFT_BUILD_[A-Z_]+)$/;

/** Returns the names in an env that are the application's, in order. */
export function envNamesIn(env: readonly unknown[]): readonly string[] {
  return env
    .map((variable) => stringAt(variable, 'name'))
    .filter((name) => name !== undefined)
    .filter((name) => !platformName.test(name));
}

/** Returns the names of an object's own env, as envNamesIn. */
export function envNamesOf(object: JsonObject): readonly string[] {
  return envNamesIn(envOf(object));
}

/** The BuildConfig a Build belongs to. */
export interface BuildConfigIdentity {
  readonly name: string;
  readonly uid: string;
}

/** The API server makes UUIDs; what is longer or has other characters is none, and would be kept as a key. */
const uidForm = /^[\w-]{1,64}$/;

/**
 * The BuildConfig a Build belongs to: its uid from the owner reference (OpenShift's label is cut to 63 characters and
 * says nothing of a BuildConfig made anew under the same name), its whole name from the annotation if there is one.
 * Undefined for a Build made by hand, or where either cannot be what it claims to be.
 */
export function buildConfigOf(build: JsonObject): BuildConfigIdentity | undefined {
  for (const owner of arrayAt(build, 'metadata', 'ownerReferences') ?? []) {
    if (!isObject(owner) || owner['kind'] !== 'BuildConfig') continue;
    const uid = stringAt(owner, 'uid');
    const name = stringAt(owner, 'name');
    if (uid === undefined || !uidForm.test(uid) || name === undefined || !isObjectName(name)) continue;
    const wholeName = annotationOf(build, openshiftKeys.buildConfigName) ?? name;
    return isObjectName(wholeName) ? { uid, name: wholeName } : undefined;
  }
  return undefined;
}

/**
 * The Build's number within its BuildConfig, from the annotation or else the name's end; undefined where neither has
 * one.
 */
export function buildNumberOf(build: JsonObject): number | undefined {
  const text = annotationOf(build, openshiftKeys.buildNumber) ?? /-([0-9]+)$/.exec(nameOf(build))?.[1] ?? '';
  // 15 digits stay below Number.MAX_SAFE_INTEGER; OpenShift counts in an int64 from 1.
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Returns the text by which the sources of Builds are compared: repository and folder in it; a branch does not count. A
 * server answers for `shop` and `shop.git` alike, and the folders `.`, `/` and none are the same.
 */
export function sourceOf(build: JsonObject): string {
  const uri = stringAt(build, 'spec', 'source', 'git', 'uri') ?? '';
  const folders = (stringAt(build, 'spec', 'source', 'contextDir') ?? '').split('/');
  const folder = folders.filter((name) => name !== '' && name !== '.').join('/');
  return `${uri.replace(/\/{1,9}$/, '').replace(/\.git$/, '')} ${folder}`;
}

/** The folder of the source that the assemble wrapper is copied to where it comes out of an image. */
export const wrapperFolder = '.s2i-incremental-scripts';

/**
 * Names and folders of the other inputs of a Build's source (Secrets, ConfigMaps, images but for the wrapper's), in one
 * text to compare; empty where there are none. Of an image its repository counts, and its order among the others does
 * not.
 */
export function buildInputsOf(build: JsonObject): string {
  const inputs: (readonly string[])[] = [];
  const source = objectAt(build, 'spec', 'source');
  for (const [list, kind] of [
    ['secrets', 'secret'],
    ['configMaps', 'configMap'],
  ] as const) {
    for (const input of arrayAt(source, list) ?? []) {
      inputs.push([kind, stringAt(input, kind, 'name') ?? '', stringAt(input, 'destinationDir') ?? '']);
    }
  }
  for (const image of arrayAt(source, 'images') ?? []) {
    for (const path of arrayAt(image, 'paths') ?? []) {
      const folder = stringAt(path, 'destinationDir') ?? '';
      if (folder === wrapperFolder) continue;
      inputs.push(['image', repositoryTextOf(at(image, 'from')), stringAt(path, 'sourcePath') ?? '', folder]);
    }
  }
  return inputs.length === 0 ? '' : JSON.stringify(inputs.map((input) => JSON.stringify(input)).sort());
}

/** The phases a Build ends in. */
export const finalPhases = ['Complete', 'Failed', 'Error', 'Cancelled'] as const;
export type FinalPhase = (typeof finalPhases)[number];

/** The phase a Build has ended in; undefined for one that has not. */
export function finalPhaseOf(build: JsonObject): FinalPhase | undefined {
  const phase = stringAt(build, 'status', 'phase');
  return finalPhases.find((final) => final === phase);
}

/** A day, in seconds: longer builds exist, but a larger number is more likely forged, and would spoil every total. */
export const maxBuildSeconds = 86_400;

/**
 * How long a Build took, in whole seconds: its `status.duration` (nanoseconds), or from start to completion; undefined
 * where its status does not say.
 */
export function durationOf(build: JsonObject): number | undefined {
  const nanoseconds = at(build, 'status', 'duration');
  if (typeof nanoseconds === 'number' && nanoseconds > 0) return Math.round(nanoseconds / 1e9);
  const [started, completed] = ['startTimestamp', 'completionTimestamp'].map((key) =>
    Date.parse(stringAt(build, 'status', key) ?? ''),
  ) as [number, number];
  // Not a number where either is missing.
  return completed >= started ? Math.round((completed - started) / 1000) : undefined;
}

/**
 * Returns the text by which object references such as `from` are compared: `Kind/name`, or `Kind/namespace/name`; empty
 * without a reference.
 */
export function referenceKeyOf(reference: unknown): string {
  const kind = stringAt(reference, 'kind');
  const name = stringAt(reference, 'name');
  if (kind === undefined || name === undefined) return '';
  const namespace = stringAt(reference, 'namespace');
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** The text to match a profile against: the repository of a base image, without tag or digest. */
export function repositoryTextOf(from: unknown): string {
  const name = stringAt(from, 'name') ?? '';
  const withoutDigest = name.split('@')[0] ?? '';
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  return colon === -1 ? withoutDigest : withoutDigest.slice(0, colon);
}
