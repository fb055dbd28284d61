import { type JsonObject, withEntries } from '../openshift/json.ts';

/**
 * Writes: the webhook's annotations.
 * When: an opted-in object is admitted.
 * Unmodified: every other annotation.
 * Why: they show the decision, and the next Build is decided by them.
 */
export function overrideAnnotations(
  object: JsonObject,
  plan: { readonly annotations: Readonly<Record<string, string | null>> },
): JsonObject {
  return withEntries(object, ['metadata', 'annotations'], Object.entries(plan.annotations));
}
