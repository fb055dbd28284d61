import type { Plan } from '../policy/plan.ts';
import { type BuildConfigReason, explainReason } from '../policy/reasons.ts';

/** Returns what was decided about an object and why, as a sentence. */
export function describePlan(plan: Plan): string {
  if (plan.kind === 'skip') return `Skipped: ${explainReason(plan.reason)}.`;
  if (plan.kind === 'restore') return `Annotations restored: ${explainReason(plan.reason)}.`;
  if (plan.resource === 'buildconfigs') return buildConfigSentences[plan.reason];
  return plan.decision === 'incremental'
    ? `Incremental build: it continues from the image of ${plan.previous.name}.`
    : `Full build: ${explainReason(plan.reason)}.`;
}

const buildConfigSentences: Readonly<Record<BuildConfigReason, string>> = {
  opted_in: 'Opted in: its original settings are recorded, so that they can be restored.',
  origin_updated: 'Still opted in: the record of its original settings is updated.',
  opted_out: 'Opted out: its original settings are restored.',
};
