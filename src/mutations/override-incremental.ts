import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.incremental`.
 * When: the Build is in mode chain.
 * Leaves alone: mode `false`, and a Build whose user asked for a full one.
 * Why: with true, OpenShift pulls the Build's own output first, three times five seconds apart, and a fresh tag is not
 * there yet.
 */
export function overrideIncremental(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.incremental === undefined
    ? build
    : withValue(build, [...sourceStrategyPath, 'incremental'], plan.incremental);
}
