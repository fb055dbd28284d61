import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `spec.output.to` and `spec.output.pushSecret`.
 * When: the Build gets a fresh tag or another repository.
 * Unmodified: no output, an output by digest, an output in a registry that `output.registries` does not list, and an
 * image stream without a repository to push to instead.
 * Why: a push to the same tag leaves the earlier image without a name.
 */
export function overrideOutput(build: JsonObject, plan: BuildPlan): JsonObject {
  const tagged = plan.output === undefined ? build : withValue(build, ['spec', 'output', 'to'], { ...plan.output });
  return plan.pushSecret === undefined
    ? tagged
    : withValue(tagged, ['spec', 'output', 'pushSecret'], { ...plan.pushSecret });
}
