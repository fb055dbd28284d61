import { type JsonObject, arrayAt, at, isObject, objectAt, stringAt } from './json.ts';
import { openshiftKeys } from './keys.ts';
import { annotationOf, isObjectName, nameOf } from './metadata.ts';

/** Names the path of the Source strategy in a Build and in a BuildConfig. */
export const sourceStrategyPath = ['spec', 'strategy', 'sourceStrategy'] as const;

/** Returns the Source strategy of a Build or BuildConfig; undefined if it has another one or none. */
export function sourceStrategyOf(object: JsonObject): JsonObject | undefined {
  return objectAt(object, ...sourceStrategyPath);
}

/** Returns the entries of the strategy's env, of any shape; empty if it is no list. */
export function envOf(object: JsonObject): readonly unknown[] {
  return arrayAt(sourceStrategyOf(object), 'env') ?? [];
}

/** Matches names that the platform adds to a Build's env, such as that of `oc start-build --build-loglevel`. */
const platformName = /^(?:BUILD_LOGLEVEL|OPENSHIFT_BUILD_[A-Z_]+)$/;

/** Returns the names in an env, in order, without those of the platform. */
export function envNamesIn(env: readonly unknown[]): readonly string[] {
  return env
    .map((variable) => stringAt(variable, 'name'))
    .filter((name) => name !== undefined)
    .filter((name) => !platformName.test(name));
}

/** Returns the names in an object's own env, without those of the platform. */
export function envNamesOf(object: JsonObject): readonly string[] {
  return envNamesIn(envOf(object));
}

/** Identifies the BuildConfig of a Build. */
export interface BuildConfigIdentity {
  readonly name: string;
  readonly uid: string;
}

/** The API server creates UUIDs. Anything longer is rejected, because it would be kept as a key. */
const uidForm = /^[\w-]{1,64}$/;

/**
 * Returns the BuildConfig of a Build; undefined for a Build made by hand, or with an invalid name or uid. The uid is
 * from the owner reference and the full name from the annotation if there is one: OpenShift's label is cut to 63
 * characters, and does not change if a BuildConfig is deleted and created again.
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
 * Returns the Build's number in its BuildConfig, from the annotation or else from its name; undefined if neither has
 * one.
 */
export function buildNumberOf(build: JsonObject): number | undefined {
  const text = annotationOf(build, openshiftKeys.buildNumber) ?? /-([0-9]+)$/.exec(nameOf(build))?.[1] ?? '';
  // 15 digits stay below Number.MAX_SAFE_INTEGER; OpenShift counts from 1 in an int64.
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Returns the source of a Build as text to compare: repository and folder, without the branch. `shop` and `shop.git`
 * are equal, and so are the folders `.`, `/` and none.
 */
export function sourceOf(build: JsonObject): string {
  const uri = stringAt(build, 'spec', 'source', 'git', 'uri') ?? '';
  const folders = (stringAt(build, 'spec', 'source', 'contextDir') ?? '').split('/');
  const folder = folders.filter((name) => name !== '' && name !== '.').join('/');
  // The text stays in memory. `join` makes one flat string; a concatenation would keep its parts too.
  return [uri.replace(/\/{1,9}$/, '').replace(/\.git$/, ''), folder].join(' ');
}

/** Names the folder of the source into which an image delivers the assemble wrapper. */
export const wrapperFolder = '.s2i-incremental-scripts';

/**
 * Returns the other inputs of a Build's source (Secrets, ConfigMaps, images except the wrapper's) as text to compare:
 * names and folders, in any order; empty if there are none. Of an image only its repository counts.
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

/** Lists the phases in which a Build ends. */
export const finalPhases = ['Complete', 'Failed', 'Error', 'Cancelled'] as const;
/** Names a phase in which a Build ends. */
export type FinalPhase = (typeof finalPhases)[number];

/** Returns the final phase of a Build; undefined if it has not finished. */
export function finalPhaseOf(build: JsonObject): FinalPhase | undefined {
  const phase = stringAt(build, 'status', 'phase');
  return finalPhases.find((final) => final === phase);
}

/**
 * Limits a duration to a day, in seconds. Longer builds exist, but a larger number is more likely forged, and would
 * spoil every total.
 */
export const maxBuildSeconds = 86_400;

/**
 * Returns the duration of a Build in whole seconds, from `status.duration` (nanoseconds) or its start and completion;
 * undefined if unknown.
 */
export function durationOf(build: JsonObject): number | undefined {
  const nanoseconds = at(build, 'status', 'duration');
  if (typeof nanoseconds === 'number' && nanoseconds > 0) return Math.round(nanoseconds / 1e9);
  const [started, completed] = ['startTimestamp', 'completionTimestamp'].map((key) =>
    Date.parse(stringAt(build, 'status', key) ?? ''),
  ) as [number, number];
  // The comparison is false if either is missing (NaN).
  return completed >= started ? Math.round((completed - started) / 1000) : undefined;
}

/**
 * Returns an object reference such as `from` as text to compare: `Kind/name` or `Kind/namespace/name`; empty if absent.
 */
export function referenceKeyOf(reference: unknown): string {
  const kind = stringAt(reference, 'kind');
  const name = stringAt(reference, 'name');
  if (kind === undefined || name === undefined) return '';
  const namespace = stringAt(reference, 'namespace');
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** Returns the repository of a base image, without tag and digest, to match profiles against. */
export function repositoryTextOf(from: unknown): string {
  const name = stringAt(from, 'name') ?? '';
  const withoutDigest = name.split('@')[0] ?? '';
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  return colon === -1 ? withoutDigest : withoutDigest.slice(0, colon);
}
