import { envNamesOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, equalJson, isObject, objectAt, parseJson, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from './environment.ts';
import type { PlannedVariable } from './plan.ts';

/** Holds the fields of a BuildConfig as the user wrote them; null means absent. */
export interface BuildConfigSettings {
  readonly from: JsonObject | null;
  readonly incremental: boolean | null;
  readonly scripts: string | null;
  readonly output: JsonObject | null;
  /** The names in the strategy's env. */
  readonly env: readonly string[];
}

/** Holds what was written into a BuildConfig, apart from the annotation. */
export interface AppliedSettings {
  /** Undefined: the field is unmodified. */
  readonly incremental: true | undefined;
  readonly env: readonly PlannedVariable[];
}

/** Holds the empty value (null, `{}` or `[]`) of each field that had one; such a field is restored to it. */
export type EmptyForms = Readonly<Partial<Record<'annotations' | 'env' | 'incremental', unknown>>>;

/** Holds the content of a BuildConfig's `…/origin` annotation. */
export interface BuildConfigOrigin {
  readonly settings: BuildConfigSettings;
  readonly applied: AppliedSettings;
  readonly empty: EmptyForms;
}

/** Returns the text of the annotation, as compact JSON. */
export function encodeBuildConfigOrigin({ settings, applied, empty }: BuildConfigOrigin): string {
  return JSON.stringify({
    version: 1,
    strategy: 'Source',
    ...settings,
    applied: {
      ...(applied.incremental !== undefined && { incremental: applied.incremental }),
      ...(applied.env.length > 0 && { env: applied.env }),
    },
    ...(Object.keys(empty).length > 0 && { empty }),
  });
}

/**
 * Decodes the text of the annotation; undefined if it is not a valid record of this version. Anyone with edit rights
 * may have written it, so every value that would be restored from it is checked.
 */
export function decodeBuildConfigOrigin(text: string): BuildConfigOrigin | undefined {
  const parsed = parseJson(text);
  if (!isObject(parsed) || parsed['version'] !== 1 || parsed['strategy'] !== 'Source') return undefined;
  const settings = decodeSettings(parsed);
  const applied = decodeApplied(parsed['applied']);
  const empty = parsed['empty'] === undefined ? {} : decodeEmptyForms(parsed['empty']);
  return settings === undefined || applied === undefined || empty === undefined
    ? undefined
    : { settings, applied, empty };
}

/** Returns the current settings of a BuildConfig. */
export function buildConfigSettingsOf(buildConfig: JsonObject): BuildConfigSettings {
  const { incremental, scripts } = sourceStrategyOf(buildConfig) ?? {};
  return {
    from: objectAt(sourceStrategyOf(buildConfig), 'from') ?? null,
    incremental: typeof incremental === 'boolean' ? incremental : null,
    scripts: typeof scripts === 'string' ? scripts : null,
    output: objectAt(buildConfig, 'spec', 'output') ?? null,
    env: envNamesOf(buildConfig),
  };
}

/**
 * Returns the empty values among the fields that the webhook may write. The API server stores none, but a client may
 * send them.
 */
export function emptyFormsOf(buildConfig: JsonObject): EmptyForms {
  const { env, incremental } = sourceStrategyOf(buildConfig) ?? {};
  const annotations = at(buildConfig, 'metadata', 'annotations');
  return {
    ...(isEmptyForm('annotations', annotations) && { annotations }),
    ...(isEmptyForm('env', env) && { env }),
    ...(isEmptyForm('incremental', incremental) && { incremental }),
  };
}

/**
 * Returns a function that finds the applied variable which a variable of the BuildConfig still equals; undefined if it
 * is the user's or changed since. A missing value equals an empty one, because the API server drops empty values.
 */
export function appliedVariables({ env }: AppliedSettings): (variable: unknown) => PlannedVariable | undefined {
  const applied = new Map(env.map((planned) => [planned.name, planned]));
  return (variable) => {
    const planned = applied.get(stringAt(variable, 'name') ?? '');
    if (planned === undefined || !isObject(variable)) return undefined;
    const { name, value } = planned;
    return equalJson({ value: '', ...variable }, { name, value }) ? planned : undefined;
  };
}

function isEmptyForm(key: keyof EmptyForms, value: unknown): boolean {
  if (value === null) return true;
  if (key === 'annotations') return isObject(value) && Object.keys(value).length === 0;
  return key === 'env' && Array.isArray(value) && value.length === 0;
}

function decodeSettings(parsed: JsonObject): BuildConfigSettings | undefined {
  const { from, incremental, scripts, output, env } = parsed;
  const isReadable =
    (from === null || isObject(from)) &&
    (incremental === null || typeof incremental === 'boolean') &&
    (scripts === null || typeof scripts === 'string') &&
    (output === null || isObject(output)) &&
    Array.isArray(env) &&
    env.every((name) => typeof name === 'string');
  return isReadable ? { from, incremental, scripts, output, env } : undefined;
}

function decodeApplied(applied: unknown): AppliedSettings | undefined {
  if (!isObject(applied)) return undefined;
  const { incremental } = applied;
  const variables = applied['env'] === undefined ? [] : arrayAt(applied, 'env');
  if ((incremental !== undefined && incremental !== true) || variables === undefined) return undefined;
  const env = variables.flatMap((variable) => {
    const [name, value] = [stringAt(variable, 'name'), stringAt(variable, 'value')];
    const replaces = at(variable, 'replaces');
    const isReadable = replaces === undefined || (isEmptyVariable(replaces) && replaces['name'] === name);
    if (name === undefined || value === undefined || !isReadable) return [];
    return [{ name, value, ...(replaces !== undefined && { replaces }) }];
  });
  return env.length === variables.length ? { incremental, env } : undefined;
}

function decodeEmptyForms(empty: unknown): EmptyForms | undefined {
  if (!isObject(empty)) return undefined;
  const keys = ['annotations', 'env', 'incremental'] as const;
  const forms = keys.filter((key) => Object.hasOwn(empty, key));
  return forms.every((key) => isEmptyForm(key, empty[key]))
    ? Object.fromEntries(forms.map((key) => [key, empty[key]]))
    : undefined;
}
