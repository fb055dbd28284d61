import { type JsonObject, withEntries } from '../openshift/json.ts';

/**
 * Writes: our own annotations.
 * When: an opted-in object is admitted.
 * Leaves alone: every other annotation.
 * Why: they tell people what was done, and the next build what to continue from.
 */
export function overrideAnnotations(
  object: JsonObject,
  plan: { readonly annotations: Readonly<Record<string, string | null>> },
): JsonObject {
  return withEntries(object, ['metadata', 'annotations'], Object.entries(plan.annotations));
}
