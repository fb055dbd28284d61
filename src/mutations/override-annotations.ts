import { type JsonObject, withEntries } from '../openshift/json.ts';

/**
 * Writes: the webhook's annotations.
 * When: an opted-in object is admitted, or an update changed the annotations of a Build.
 * Unmodified: every other annotation.
 * Why: they show the decision, and the decision about the next Build depends on them.
 */
export function overrideAnnotations(
  object: JsonObject,
  plan: { readonly annotations: Readonly<Record<string, string | null>> },
): JsonObject {
  return withEntries(object, ['metadata', 'annotations'], Object.entries(plan.annotations));
}
