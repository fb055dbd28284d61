import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.incremental`.
 * When: the mode is `chain`.
 * Unmodified: mode `off`, and a Build whose user asked for a full build.
 * Why: with true, OpenShift first tries to pull the Build's own output, three times, five seconds apart; a fresh tag
 * does not exist yet.
 */
export function overrideIncremental(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.incremental === undefined
    ? build
    : withValue(build, [...sourceStrategyPath, 'incremental'], plan.incremental);
}
