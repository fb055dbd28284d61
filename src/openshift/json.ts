/**
 * Reading and copying raw JSON. What a webhook is sent may have any shape, so nothing here assumes one: a read of what
 * is not there is `undefined`, only own properties count (`__proto__` and `constructor` are keys like any other), and a
 * change returns a copy that shares every untouched part with its source.
 */

/** A parsed JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is a JSON object (no array, no null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of object keys, or undefined where any step is missing or is no object. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    // What an object inherits is a function or Object.prototype, and JSON has neither. To ask whether a key is its own
    // as well takes as long again as to look it up.
    const next = current[key];
    if (typeof next === 'function' || next === Object.prototype) return undefined;
    current = next;
  }
  return current;
}

/** The object at a path, or undefined. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  const found = at(value, ...path);
  return isObject(found) ? found : undefined;
}

/** The string at a path, or undefined. */
export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The array at a path, or undefined. */
export function arrayAt(value: unknown, ...path: readonly string[]): readonly unknown[] | undefined {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : undefined;
}

/**
 * A copy of the object with the value set at a path; missing or null steps become objects.
 * @throws TypeError where a step is something else: a value that is there is never replaced by a container
 */
export function withValue(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  return withValueBelow(object, path, 0, value);
}

/** withValue from the step of that number on; the steps before are done. */
function withValueBelow(object: JsonObject, path: readonly string[], step: number, value: unknown): JsonObject {
  const key = path[step];
  if (key === undefined) return object;
  if (step === path.length - 1) return withKey(object, key, value);
  const child = at(object, key) ?? {};
  if (!isObject(child)) {
    throw new TypeError(`${key} is no object, so ${path.slice(step + 1).join('.')} cannot be set in it`);
  }
  return withKey(object, key, withValueBelow(child, path, step + 1, value));
}

function withKey(object: JsonObject, key: string, value: unknown): JsonObject {
  // What a literal with a computed key does too, but an assignment is ten times as fast.
  if (key === '__proto__') return { ...object, [key]: value };
  const copy = { ...object };
  copy[key] = value;
  return copy;
}

/**
 * A copy of the object with several keys of the map at a path set, or left out where the value is null; one copy for
 * all. A missing map is made only if there is something to set.
 * @throws TypeError as withValue
 */
export function withEntries(
  object: JsonObject,
  path: readonly string[],
  entries: readonly (readonly [key: string, value: unknown])[],
): JsonObject {
  const present = at(object, ...path);
  if (entries.length === 0 || (present == null && entries.every(([, value]) => value === null))) return object;
  const map: JsonObject = isObject(present) ? { ...present } : {};
  if (present != null && !isObject(present))
    throw new TypeError(`${path.join('.')} is no object, so nothing can be set in it`);
  for (const [key, value] of entries) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the copy is this function's own
    if (value === null) delete map[key];
    else map[key] = value;
  }
  return withValue(object, path, map);
}

/** A copy of the object without the key at a path; the object itself where the key is not there. */
export function withoutValue(object: JsonObject, path: readonly string[]): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(object, key)) return object;
  if (rest.length === 0) {
    const copy = { ...object };
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy without the key is what is asked for
    delete copy[key];
    return copy;
  }
  const child = objectAt(object, key);
  return child === undefined ? object : { ...object, [key]: withoutValue(child, rest) };
}

/** The value a JSON text holds, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether two JSON values are equal; the order of keys does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]))
  );
}
