import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import type { EnvironmentVariable } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.env`, at its end.
 * When: the profile has variables that the Build does not have; of a BuildConfig, if `buildConfig.injectEnv` says so.
 * Leaves alone: every variable that is there, whatever its value.
 * Why: the user's value wins.
 */
export function defaultEnv(object: JsonObject, plan: { readonly env: readonly EnvironmentVariable[] }): JsonObject {
  if (plan.env.length === 0) return object;
  const path = [...sourceStrategyPath, 'env'];
  const present = arrayAt(object, ...path) ?? [];
  return withValue(object, path, [...present, ...plan.env.map((variable) => ({ ...variable }))]);
}
