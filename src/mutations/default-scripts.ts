import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.scripts`.
 * When: the Build gets the assemble wrapper by HTTP or from an image, full builds included: the wrapper records what a
 * later build must remove.
 * Unmodified: the user's scripts.
 * Why: the stock `assemble` fails in an image that it built before.
 */
export function defaultScripts(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.scripts === undefined ? build : withValue(build, [...sourceStrategyPath, 'scripts'], plan.scripts);
}
