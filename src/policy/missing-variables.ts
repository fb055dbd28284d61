import type { Profile } from '../config/config.ts';
import type { EnvironmentVariable } from './plan.ts';

/** Returns the profile's variables that an object does not have, in the profile's order: the user's value wins. */
export function missingVariables(
  profile: Profile | undefined,
  present: readonly string[],
): readonly EnvironmentVariable[] {
  if (profile === undefined) return [];
  const names = new Set(present);
  return [...profile.env].filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value }));
}
