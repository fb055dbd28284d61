import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: one entry more in `spec.source.images`.
 * When: the assemble wrapper is delivered from an image.
 * Unmodified: the user's entries.
 * Why: the builder extracts the image before it looks for scripts, so the build needs no connection to the webhook.
 */
export function defaultImageSource(build: JsonObject, { imageSource }: BuildPlan): JsonObject {
  if (imageSource === undefined) return build;
  const path = ['spec', 'source', 'images'];
  return withValue(build, path, [...(arrayAt(build, ...path) ?? []), imageSource]);
}
