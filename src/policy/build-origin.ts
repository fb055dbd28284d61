import { type JsonObject, arrayAt, at, isObject, objectAt, parseJson, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from './environment.ts';

/** Holds a Kubernetes ObjectReference such as `from` and `output.to`. */
export type ObjectReference = Readonly<Record<string, string>>;

/** Describes a variable that was added; its value is undefined if the annotation has only names. */
export interface AddedVariable {
  readonly name: string;
  readonly value: string | undefined;
  /** The variable without a value that was replaced; absent if the variable was appended. */
  readonly replaces?: JsonObject;
}

/**
 * Holds the content of a Build's `…/origin` annotation: its original settings and the variables that were added. Null
 * means absent.
 */
export interface BuildOrigin {
  readonly from: ObjectReference | null;
  readonly incremental: boolean | null;
  readonly scripts: string | null;
  readonly pullSecret: ObjectReference | null;
  readonly output: ObjectReference | null;
  readonly pushSecret: ObjectReference | null;
  /** The form of `spec.source.images` before an entry was appended; absent if none was. */
  readonly images?: ImagesForm;
  /** Names and values, because `-e` of a clone may have replaced a value. */
  readonly env: readonly AddedVariable[];
}

/** The forms that a list in an object can have: absent, null, or an array, which may be empty. */
const imagesForms = ['absent', 'null', 'list'] as const;
/** Names a form of `spec.source.images`. */
export type ImagesForm = (typeof imagesForms)[number];

/**
 * Returns the text of the annotation, as compact JSON. Names and values are separate, so that programs find a plain
 * list of names.
 */
export function encodeBuildOrigin({ env, ...origin }: BuildOrigin): string {
  const replaced = env.map(({ replaces }) => replaces).filter((variable) => variable !== undefined);
  return JSON.stringify({
    version: 1,
    ...origin,
    env: env.map(({ name }) => name),
    values: env.map(({ value }) => value),
    // The key is omitted when empty, which is usual: the annotation should stay small.
    ...(replaced.length > 0 && { replaced }),
  });
}

/**
 * Decodes the text of the annotation; undefined if any field is malformed. Anyone with edit rights may have written it,
 * so each field is checked and rebuilt.
 */
export function decodeBuildOrigin(text: string): BuildOrigin | undefined {
  const parsed = parseJson(text);
  if (!isObject(parsed) || (parsed['version'] ?? 1) !== 1) return undefined;
  const incremental = nullable(parsed['incremental'], (value) => (typeof value === 'boolean' ? value : undefined));
  const scripts = nullable(parsed['scripts'], (value) => (typeof value === 'string' ? value : undefined));
  const [from, pullSecret, output, pushSecret] = (['from', 'pullSecret', 'output', 'pushSecret'] as const).map((key) =>
    nullable(parsed[key], decodeReference),
  );
  const env = decodeVariables(parsed);
  const images = imagesForms.find((form) => form === parsed['images']);
  if (
    from === undefined ||
    incremental === undefined ||
    scripts === undefined ||
    pullSecret === undefined ||
    output === undefined ||
    pushSecret === undefined ||
    env === undefined ||
    (images === undefined && parsed['images'] != null)
  ) {
    return undefined;
  }
  const settings = { from, incremental, scripts, pullSecret, output, pushSecret, env };
  return images === undefined ? settings : { ...settings, images };
}

/** Returns the form of `spec.source.images` in a Build. */
export function imagesFormOf(build: JsonObject): ImagesForm {
  const images = at(build, 'spec', 'source', 'images');
  return images === undefined ? 'absent' : images === null ? 'null' : 'list';
}

/** Returns the current settings of a Build, to be recorded as its original ones. */
export function settingsOf(build: JsonObject, strategy: JsonObject): Omit<BuildOrigin, 'env' | 'images'> {
  const { incremental, scripts } = strategy;
  return {
    from: referenceOf(strategy['from']),
    incremental: typeof incremental === 'boolean' ? incremental : null,
    scripts: typeof scripts === 'string' ? scripts : null,
    pullSecret: referenceOf(strategy['pullSecret']),
    output: referenceOf(objectAt(build, 'spec', 'output', 'to')),
    pushSecret: referenceOf(objectAt(build, 'spec', 'output', 'pushSecret')),
  };
}

function referenceOf(value: unknown): ObjectReference | null {
  return decodeReference(value) ?? null;
}

/** The fields of an ObjectReference that a spec may contain. */
const referenceKeys = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

function decodeReference(value: unknown): ObjectReference | undefined {
  if (!isObject(value) || stringAt(value, 'name') === undefined) return undefined;
  const reference: Record<string, string> = {};
  for (const key of referenceKeys) {
    const text = stringAt(value, key);
    if (text !== undefined) reference[key] = text;
  }
  return reference;
}

function decodeVariables(parsed: JsonObject): readonly AddedVariable[] | undefined {
  const names = arrayAt(parsed, 'env');
  const values = parsed['values'] == null ? [] : arrayAt(parsed, 'values');
  if (names === undefined || values === undefined || (values.length > 0 && values.length !== names.length))
    return undefined;
  const replaced = parsed['replaced'] == null ? [] : arrayAt(parsed, 'replaced');
  if (replaced === undefined || !replaced.every(isEmptyVariable)) return undefined;
  const variables = names.map((name, index) => {
    const replaces = replaced.find((variable) => variable['name'] === name);
    return { name, value: values[index], ...(replaces !== undefined && { replaces }) };
  });
  return variables.every(isAddedVariable) ? variables : undefined;
}

function isAddedVariable(variable: { readonly name: unknown; readonly value: unknown }): variable is AddedVariable {
  return typeof variable.name === 'string' && (variable.value === undefined || typeof variable.value === 'string');
}

/** Returns null for null and absent, undefined for a malformed value. */
function nullable<T>(value: unknown, decode: (value: unknown) => T | undefined): T | null | undefined {
  return value == null ? null : decode(value);
}

/**
 * Returns whether an output reference differs from the recorded original one, so that its tag was issued by the
 * webhook.
 */
export function isReplacedOutput(origin: BuildOrigin | undefined, reference: string): boolean {
  const before = at(origin, 'output', 'name');
  return before !== undefined && before !== reference;
}
