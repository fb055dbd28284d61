import { type JsonObject, at, stringAt } from './json.ts';

/** Returns the value of a label; undefined if it is absent or no string. */
export function labelOf(object: JsonObject, key: string): string | undefined {
  return stringAt(object, 'metadata', 'labels', key);
}

/** Returns the value of an annotation; undefined if it is absent or no string. */
export function annotationOf(object: JsonObject, key: string): string | undefined {
  return stringAt(object, 'metadata', 'annotations', key);
}

/** Returns the object's name; empty if the server has not generated it yet. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** Returns the object's namespace; empty if it has none. */
export function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

/** Returns the creation time in milliseconds since the epoch; undefined before the object is stored. */
export function createdAt(object: JsonObject): number | undefined {
  return timeAt(object, 'metadata', 'creationTimestamp');
}

/** Returns the time at a path in milliseconds since the epoch; undefined if there is none. */
export function timeAt(object: JsonObject, ...path: readonly string[]): number | undefined {
  const time = Date.parse(stringAt(object, ...path) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Returns a time in milliseconds since the epoch as Kubernetes writes it: RFC 3339 in UTC, whole seconds. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Returns the name of the `{name: …}` reference at a path, or undefined. */
export function referencedName(object: JsonObject, ...path: readonly string[]): string | undefined {
  const name = at(object, ...path, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Returns whether the text is a valid name of a namespace: a DNS-1123 label. */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && !text.includes('.') && isObjectName(text);
}

/** Returns whether the text is a valid name of an object such as a Secret or a Build: a DNS-1123 subdomain. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/** Returns whether the text is a valid label value. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/.test(text);
}
