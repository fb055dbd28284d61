import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `spec.output.to` and `spec.output.pushSecret`.
 * When: the Build gets a fresh tag or another repository.
 * Unmodified: no output, an output by digest, and a registry that is not configured.
 * Why: a push to the same tag leaves the earlier image without a name.
 */
export function overrideOutput(build: JsonObject, plan: BuildPlan): JsonObject {
  const tagged = plan.output === undefined ? build : withValue(build, ['spec', 'output', 'to'], { ...plan.output });
  return plan.pushSecret === undefined
    ? tagged
    : withValue(tagged, ['spec', 'output', 'pushSecret'], { ...plan.pushSecret });
}
