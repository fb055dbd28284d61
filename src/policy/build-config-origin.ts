import { envNamesOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, equalJson, isObject, objectAt, parseJson, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from './environment.ts';
import type { PlannedVariable } from './plan.ts';

/** The fields of a BuildConfig as its user has them. Null: absent. */
export interface BuildConfigSettings {
  readonly from: JsonObject | null;
  readonly incremental: boolean | null;
  readonly scripts: string | null;
  readonly output: JsonObject | null;
  /** Names of the strategy's env. */
  readonly env: readonly string[];
}

/** What was written into a BuildConfig beside its annotation. */
export interface AppliedSettings {
  /** Undefined: the field was left as it was. */
  readonly incremental: true | undefined;
  readonly env: readonly PlannedVariable[];
}

/** Where nothing was written in another form than by an absent key: that form. */
export type EmptyForms = Readonly<Partial<Record<'annotations' | 'env' | 'incremental', unknown>>>;

/** What the `…/origin` annotation of a BuildConfig holds. */
export interface BuildConfigOrigin {
  readonly settings: BuildConfigSettings;
  readonly applied: AppliedSettings;
  readonly empty: EmptyForms;
}

/** The annotation's text, compact. */
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
 * Reads the annotation; undefined where the text is no record of this version. Anyone with edit rights may have written
 * it, so what would be written back from it is checked: all of it is nothing, in one form or another.
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

/** The settings as they stand in a BuildConfig. */
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
 * The forms of nothing in a BuildConfig, of the fields that may be written. The API server stores none; a program may
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
 * Finds the applied variable that a variable of a BuildConfig still is; undefined if it is the user's or was changed
 * since. The server leaves out an empty value.
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
