import { type JsonObject, at, stringAt } from './json.ts';

/** A label's value, or undefined where there is none or it is no string. */
export function labelOf(object: JsonObject, key: string): string | undefined {
  return stringAt(object, 'metadata', 'labels', key);
}

/** An annotation's value, or undefined where there is none or it is no string. */
export function annotationOf(object: JsonObject, key: string): string | undefined {
  return stringAt(object, 'metadata', 'annotations', key);
}

/** The object's name; empty where the server is still to generate one. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** The object's namespace; empty where it has none. */
export function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

/** The object's creation time in milliseconds since the epoch; undefined before it is stored. */
export function createdAt(object: JsonObject): number | undefined {
  return timeAt(object, 'metadata', 'creationTimestamp');
}

/** The time at a path in milliseconds since the epoch; undefined where there is none. */
export function timeAt(object: JsonObject, ...path: readonly string[]): number | undefined {
  const time = Date.parse(stringAt(object, ...path) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** A time in milliseconds since the epoch as Kubernetes writes it: RFC 3339 in UTC, whole seconds. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** The name in a `{name: …}` reference at a path, or undefined. */
export function referencedName(object: JsonObject, ...path: readonly string[]): string | undefined {
  const name = at(object, ...path, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Whether the text can be the name of a namespace: a DNS-1123 label. */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && !text.includes('.') && isObjectName(text);
}

/** Whether the text can be the name of an object such as a Secret or a Build: a DNS-1123 subdomain. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/** Whether the text can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/.test(text);
}
