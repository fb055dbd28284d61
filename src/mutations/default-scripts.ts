import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, withValue } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';

/**
 * Writes: `sourceStrategy.scripts`.
 * When: the Build is to have the assemble wrapper; also a full one, which records what a later one must clean.
 * Leaves alone: scripts of the user's own.
 * Why: the stock `assemble` fails in an image that it made before.
 */
export function defaultScripts(build: JsonObject, plan: BuildPlan): JsonObject {
  return plan.scripts === undefined ? build : withValue(build, [...sourceStrategyPath, 'scripts'], plan.scripts);
}
