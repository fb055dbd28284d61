import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import { withVariables } from '../policy/environment.ts';
import type { PlannedVariable } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.env`: variables without a value are filled in, others go to the end.
 * When: the profile has variables that the Build does not have; of a BuildConfig, if `buildConfig.injectEnv` says so.
 * Unmodified: every variable that has a value or a source of one.
 * Why: the user's value wins.
 */
export function defaultEnv(object: JsonObject, plan: { readonly env: readonly PlannedVariable[] }): JsonObject {
  if (plan.env.length === 0) return object;
  const path = [...sourceStrategyPath, 'env'];
  return withValue(object, path, withVariables(arrayAt(object, ...path) ?? [], plan.env));
}
