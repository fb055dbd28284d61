import type { Plan } from '../policy/plan.ts';
import { type BuildConfigReason, explainReason } from '../policy/reasons.ts';

/** What was decided about an object and why, in a sentence. */
export function describePlan(plan: Plan): string {
  if (plan.kind === 'skip') return `Left alone: ${explainReason(plan.reason)}.`;
  if (plan.kind === 'restore') return `Record put back: ${explainReason(plan.reason)}.`;
  if (plan.resource === 'buildconfigs') return buildConfigSentences[plan.reason];
  return plan.decision === 'incremental'
    ? `Incremental build: it continues from the image of ${plan.previous.name}.`
    : `Full build: ${explainReason(plan.reason)}.`;
}

const buildConfigSentences: Readonly<Record<BuildConfigReason, string>> = {
  opted_in: 'Opted in: its origin is recorded, so that everything can go back.',
  origin_updated: 'Still opted in: the record of its origin follows the change.',
  opted_out: 'Opted out: what had been written into it is taken away.',
};
