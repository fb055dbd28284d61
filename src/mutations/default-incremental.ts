import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildConfigPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.incremental` of a BuildConfig.
 * When: it opted in and the field is absent.
 * Leaves alone: a value that is there, and a BuildConfig that asks for full builds.
 * Why: OpenShift's own field then shows the opt-in to everyone who looks at the BuildConfig.
 */
export function defaultIncremental(buildConfig: JsonObject, plan: BuildConfigPlan): JsonObject {
  return plan.incremental === undefined
    ? buildConfig
    : withValue(buildConfig, [...sourceStrategyPath, 'incremental'], plan.incremental);
}
