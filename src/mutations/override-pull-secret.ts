import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue, withoutValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.pullSecret`.
 * When: `from` was replaced.
 * Leaves alone: a full build; its Secret belongs to the base it keeps.
 * Why: the previous image may be in another registry, where the old Secret is wrong.
 */
export function overridePullSecret(build: JsonObject, plan: BuildPlan): JsonObject {
  const path = [...sourceStrategyPath, 'pullSecret'];
  if (plan.pullSecret === undefined) return build;
  return plan.pullSecret === null ? withoutValue(build, path) : withValue(build, path, { ...plan.pullSecret });
}
