import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue, withoutValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.pullSecret`.
 * When: `from` is replaced.
 * Unmodified: a full build keeps the Secret of its base image.
 * Why: the previous image may be in another registry, where that Secret is wrong.
 */
export function overridePullSecret(build: JsonObject, plan: BuildPlan): JsonObject {
  const path = [...sourceStrategyPath, 'pullSecret'];
  if (plan.pullSecret === undefined) return build;
  return plan.pullSecret === null ? withoutValue(build, path) : withValue(build, path, { ...plan.pullSecret });
}
