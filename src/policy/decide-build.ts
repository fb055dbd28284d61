import { type DecisionRequest, buildRules, chainRules } from './full-build-rules.ts';
import type { BuildDecision } from './plan.ts';
import type { FullReason } from './reasons.ts';

/**
 * Decides between a full and an incremental build. The first rule of `buildRules`, then of `chainRules`, that applies
 * is the reason of a full build; if none applies, the Build continues from the previous image.
 */
export function decideBuild(request: DecisionRequest): BuildDecision {
  const { history } = request;
  const obstacle = buildRules.find((rule) => rule.applies(request));
  if (obstacle !== undefined) return full(obstacle.code);
  const previous = history === 'unavailable' ? undefined : history?.previous;
  if (previous === undefined) return full('no_previous_image');
  const restart = chainRules.find((rule) => rule.applies(request, previous));
  return restart === undefined ? { decision: 'incremental', reason: 'continued', previous } : full(restart.code);
}

function full(reason: FullReason): BuildDecision {
  return { decision: 'full', reason, previous: undefined };
}
