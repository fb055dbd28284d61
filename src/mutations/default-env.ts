import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import { withVariables } from '../policy/environment.ts';
import type { PlannedVariable } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.env`; it fills in variables without a value and appends the others.
 * When: the profile has variables that the Build lacks; for a BuildConfig only with `buildConfig.injectEnv`.
 * Unmodified: a variable with a value or with `valueFrom`.
 * Why: the user's value wins.
 */
export function defaultEnv(object: JsonObject, plan: { readonly env: readonly PlannedVariable[] }): JsonObject {
  if (plan.env.length === 0) return object;
  const path = [...sourceStrategyPath, 'env'];
  return withValue(object, path, withVariables(arrayAt(object, ...path) ?? [], plan.env));
}
