import jsonPatch, { type Operation } from 'fast-json-patch';
import type { JsonObject } from '../openshift/json.ts';
import type { PatchOperation } from './review.ts';

/** Returns the operations that turn the object as sent into the mutated one. Parts that both share are not compared. */
export function createPatch(raw: JsonObject, mutated: JsonObject): readonly PatchOperation[] {
  return jsonPatch.compare(raw, mutated);
}

/** Returns the object after a patch, like the API server; the given object is not modified. */
export function applyPatch(object: JsonObject, patch: readonly PatchOperation[]): JsonObject {
  const operations = patch as unknown as Operation[];
  return jsonPatch.applyPatch(object, operations, true, false, false).newDocument;
}
