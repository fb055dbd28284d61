import type { Profile } from '../config/config.ts';
import type { BuildPlan } from './plan-build.ts';
import type { BuildConfigPlan } from './plan-build-config.ts';
import type { RestorePlan } from './plan-build-update.ts';
import type { Reason, SkipReason } from './reasons.ts';

/** An object is left alone. */
export interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: SkipReason;
  readonly warnings: readonly string[];
}

/** What is to become of an object; mutations carry it out. */
export type Plan = SkipPlan | BuildPlan | BuildConfigPlan | RestorePlan;

/** One variable of `sourceStrategy.env`. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** The profile's variables that an object does not have, in the profile's order: the user's value wins. */
export function missingVariables(
  profile: Profile | undefined,
  present: readonly string[],
): readonly EnvironmentVariable[] {
  if (profile === undefined) return [];
  const names = new Set(present);
  return [...profile.env].filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value }));
}

/** The reason code of a plan, of whichever kind. */
export function reasonOf(plan: Plan): Reason {
  return plan.kind === 'mutate' && plan.resource === 'builds' ? plan.base.reason : plan.reason;
}
