import type { Profile } from '../config/config.ts';
import { type JsonObject, isObject, stringAt } from '../openshift/json.ts';
import type { PlannedVariable } from './plan.ts';

/**
 * Returns whether a variable has neither a value nor `valueFrom`; catalog templates leave parameters empty like this.
 */
export function isEmptyVariable(variable: unknown): variable is JsonObject {
  if (!isObject(variable) || typeof variable['name'] !== 'string') return false;
  return (variable['value'] == null || variable['value'] === '') && variable['valueFrom'] == null;
}

/**
 * Returns the variables of the profile that an env lacks, in the profile's order. A variable without a value counts as
 * absent; the last one of its name is filled in.
 */
export function missingVariables(profile: Profile | undefined, env: readonly unknown[]): readonly PlannedVariable[] {
  if (profile === undefined) return [];
  const present = new Set(env.filter((variable) => !isEmptyVariable(variable)).map((variable) => nameOf(variable)));
  const empty = new Map(env.filter(isEmptyVariable).map((variable) => [nameOf(variable), variable]));
  return [...profile.env]
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => {
      const replaces = empty.get(name);
      return { name, value, ...(replaces !== undefined && { replaces }) };
    });
}

/** Returns the env with the planned variables, each in place of the empty one it replaces, or appended. */
export function withVariables(env: readonly unknown[], planned: readonly PlannedVariable[]): readonly unknown[] {
  const variables = [...env];
  for (const { name, value, replaces } of planned) {
    const index =
      replaces === undefined
        ? -1
        : variables.findLastIndex((variable) => isEmptyVariable(variable) && nameOf(variable) === name);
    if (index === -1) variables.push({ name, value });
    else variables[index] = { ...(variables[index] as JsonObject), value };
  }
  return variables;
}

function nameOf(variable: unknown): string | undefined {
  return stringAt(variable, 'name');
}
