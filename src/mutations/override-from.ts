import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.from`.
 * When: the Build continues from the image of an earlier one.
 * Leaves alone: a full build; it keeps the base that OpenShift chose.
 * Why: the previous image holds the dependencies that are installed already.
 */
export function overrideFrom(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.from === undefined ? build : withValue(build, [...sourceStrategyPath, 'from'], { ...plan.from });
}
