import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `spec.source.images`, one entry at its end.
 * When: the assemble wrapper comes out of an image.
 * Unmodified: every entry of the user's own.
 * Why: the builder extracts that image before it looks for scripts, so the build needs nothing of the webhook.
 */
export function defaultImageSource(build: JsonObject, { imageSource }: BuildPlan): JsonObject {
  if (imageSource === undefined) return build;
  const path = ['spec', 'source', 'images'];
  return withValue(build, path, [...(arrayAt(build, ...path) ?? []), imageSource]);
}
