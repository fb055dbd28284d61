import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan-build.ts';

/**
 * Writes: `sourceStrategy.env`, at its end.
 * When: the profile has variables that the Build does not have.
 * Leaves alone: every variable that is there, whatever its value.
 * Why: the user's value wins.
 */
export function defaultEnv(build: JsonObject, plan: BuildPlan): JsonObject {
  if (plan.env.length === 0) return build;
  const path = [...sourceStrategyPath, 'env'];
  const present = arrayAt(build, ...path) ?? [];
  return withValue(build, path, [...present, ...plan.env.map((variable) => ({ ...variable }))]);
}
