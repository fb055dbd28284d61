import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.incremental`.
 * When: the mode is `chain`.
 * Unmodified: mode `off`, and a Build for which the user asked for a full build.
 * Why: with true, OpenShift first tries to pull the image under the Build's own output tag, three times, five seconds
 * apart. A fresh tag has no image yet.
 */
export function overrideIncremental(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.incremental === undefined
    ? build
    : withValue(build, [...sourceStrategyPath, 'incremental'], plan.incremental);
}
