import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildConfigPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.incremental` of a BuildConfig.
 * When: the BuildConfig opted in and has no value.
 * Unmodified: a value that is set, and a BuildConfig that asks for full builds.
 * Why: OpenShift's own field then shows the opt-in.
 */
export function defaultIncremental(buildConfig: JsonObject, plan: BuildConfigPlan): JsonObject {
  return plan.incremental === undefined
    ? buildConfig
    : withValue(buildConfig, [...sourceStrategyPath, 'incremental'], plan.incremental);
}
