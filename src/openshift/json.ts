/**
 * Reads and copies raw JSON of any shape. Reading a missing path returns `undefined`. Only own properties count, so
 * `__proto__` and `constructor` are ordinary keys. A change returns a copy that shares every unchanged part.
 */

/** Holds a parsed JSON object. */
export type JsonObject = Record<string, unknown>;

/** Returns whether a value is a JSON object: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value at a path of object keys; undefined if a step is missing or is no object. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    // Inherited values are functions or Object.prototype, which JSON never has. This check is twice as fast as
    // `hasOwn`.
    const next = current[key];
    if (typeof next === 'function' || next === Object.prototype) return undefined;
    current = next;
  }
  return current;
}

/** Returns the object at a path, or undefined. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  const found = at(value, ...path);
  return isObject(found) ? found : undefined;
}

/** Returns the string at a path, or undefined. */
export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** Returns the array at a path, or undefined. */
export function arrayAt(value: unknown, ...path: readonly string[]): readonly unknown[] | undefined {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : undefined;
}

/**
 * Returns a copy of the object with the value set at a path; missing or null steps become objects.
 * @throws TypeError if a step is another value, which is never replaced by an object
 */
export function withValue(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  return withValueBelow(object, path, 0, value);
}

/** Continues withValue from step number `step`. */
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
  // Only this form handles `__proto__`; an assignment is ten times as fast.
  if (key === '__proto__') return { ...object, [key]: value };
  const copy = { ...object };
  copy[key] = value;
  return copy;
}

/**
 * Returns a copy of the object with keys of the map at a path set, or removed if the value is null. A missing map is
 * created only if there is something to set.
 * @throws TypeError like withValue
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

/** Returns a copy of the object without the key at a path; the object itself if there is no such key. */
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

/** Parses a JSON text; undefined if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns whether two JSON values are equal, ignoring the order of keys. */
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
