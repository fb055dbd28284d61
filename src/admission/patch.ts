import jsonPatch, { type Operation } from 'fast-json-patch';
import type { JsonObject } from '../openshift/json.ts';
import type { PatchOperation } from './review.ts';

/** The operations that turn the object as it was sent into the mutated one; parts that both share are not compared. */
export function createPatch(raw: JsonObject, mutated: JsonObject): readonly PatchOperation[] {
  return jsonPatch.compare(raw, mutated);
}

/** The object a patch makes of another, as the API server would; the given one is not modified. */
export function applyPatch(object: JsonObject, patch: readonly PatchOperation[]): JsonObject {
  const operations = patch as unknown as Operation[];
  return jsonPatch.applyPatch(object, operations, true, false, false).newDocument;
}
