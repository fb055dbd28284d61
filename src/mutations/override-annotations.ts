import { type JsonObject, withValue, withoutValue } from '../openshift/json.ts';

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
  return Object.entries(plan.annotations).reduce((changed, [key, value]) => {
    const path = ['metadata', 'annotations', key];
    return value === null ? withoutValue(changed, path) : withValue(changed, path, value);
  }, object);
}
