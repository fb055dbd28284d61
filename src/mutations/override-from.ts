import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.from`.
 * When: the Build is incremental.
 * Unmodified: a full build keeps the base image that OpenShift chose.
 * Why: the previous image has the dependencies installed.
 */
export function overrideFrom(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.from === undefined ? build : withValue(build, [...sourceStrategyPath, 'from'], { ...plan.from });
}
