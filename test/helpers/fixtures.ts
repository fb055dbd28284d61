import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type JsonObject, isObject, objectAt } from '../../src/openshift/json.ts';
import type { NamespaceFacts } from '../../src/policy/facts.ts';

const folder = new URL('../fixtures/', import.meta.url);

/** Returns the file of a recorded AdmissionReview. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** Returns a recorded AdmissionReview, parsed again in each call. */
export function loadFixture(name: string): JsonObject {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8')) as JsonObject;
}

/** Returns the object of a recorded AdmissionReview. */
export function loadFixtureObject(name: string): JsonObject {
  return objectAt(loadFixture(name), 'request', 'object') ?? {};
}

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, other values replace. */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const base: JsonObject = isObject(target) ? target : {};
  const kept = Object.entries(base).filter(([key]) => patch[key] !== null);
  const laid = Object.entries(patch).filter(([, value]) => value !== null);
  return Object.fromEntries([...kept, ...laid.map(([key, value]) => [key, merge(base[key], value)] as const)]);
}

/** Returns the namespace of the recorded objects. */
export function exampleNamespace(changes: Partial<NamespaceFacts> = {}): NamespaceFacts {
  return { name: 'test', optedIn: false, labels: {}, ...changes };
}

/** The label that opts in. */
export const enabled = { 's2i-incremental.io/enabled': 'true' };

/** Returns the recorded Build api-1 (`oc start-build api -e X=y`), opted in, with a merge patch applied. */
export function exampleBuild(patch: JsonObject = {}): JsonObject {
  const build = merge(loadFixtureObject('05-CREATE-builds-api-1.json'), { metadata: { labels: enabled } });
  return merge(build, patch) as JsonObject;
}

/** Returns the recorded BuildConfig api, opted in, as stored, with a merge patch applied. */
export function exampleBuildConfig(patch: JsonObject = {}): JsonObject {
  const buildConfig = merge(loadFixtureObject('02-UPDATE-buildconfigs-api.json'), { metadata: { labels: enabled } });
  return merge(buildConfig, patch) as JsonObject;
}

/** Returns the review for an object; `oldObject` makes it an update. */
export function reviewOf(object: unknown, { oldObject, ...request }: JsonObject = {}): JsonObject {
  const kind = isObject(object) && typeof object['kind'] === 'string' ? object['kind'] : 'Build';
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'a-review',
      resource: { group: 'build.openshift.io', version: 'v1', resource: `${kind.toLowerCase()}s` },
      operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
      namespace: 'test',
      name: objectAt(object, 'metadata')?.['name'] ?? '',
      object,
      oldObject: oldObject ?? null,
      ...request,
    },
  };
}
