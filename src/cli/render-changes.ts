import { at, equalJson, isObject, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from '../policy/environment.ts';
import type { Text } from './terminal.ts';

/** Describes one field that differs; undefined: absent. */
export interface Change {
  /** The path as shown to people, such as `spec.strategy.sourceStrategy.env[PIP_INDEX_URL]`. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Returns the fields in which two objects differ, down to single values, in the objects' order. */
export function listChanges(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (before === after || equalJson(before, after)) return [];
  // `entriesOf` gives the value of the one and the whole item of the other; an empty variable counts as absent.
  if (isEmptyVariable(before) && typeof after === 'string') return [{ path, before: undefined, after }];
  if (isContainer(before) || isContainer(after)) {
    const [left, right] = [entriesOf(before), entriesOf(after)];
    const keys = [...new Set([...left.keys(), ...right.keys()])];
    const changes = keys.flatMap((key) => listChanges(left.get(key), right.get(key), joinPath(path, key)));
    if (changes.length > 0) return changes;
  }
  return [{ path, before: textOf(before), after: textOf(after) }];
}

function isContainer(value: unknown): boolean {
  return isObject(value) || Array.isArray(value);
}

/** Returns the parts of a value by key; items of a list with a name, like env variables, by name. */
function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  if (isObject(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return new Map();
  const items: readonly unknown[] = value;
  const seen = new Set<string>();
  return new Map(
    items.map((item, index) => {
      const name = stringAt(item, 'name');
      if (name === undefined || seen.has(name)) return [`[${index}]`, item];
      seen.add(name);
      return [`[${name}]`, at(item, 'value') ?? item];
    }),
  );
}

function joinPath(path: string, key: string): string {
  if (key.startsWith('[')) return `${path}${key}`;
  return path === '' ? key : `${path}.${key}`;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Says how to print changes. */
export interface RenderOptions {
  readonly indent: string;
  /** Characters of a line; longer values are shortened in the middle. Infinity: never. */
  readonly width: number;
}

/** Returns the changes as aligned lines: `-` before, `+` after, in one column of fields and one of values. */
export function renderChanges(changes: readonly Change[], { indent, width }: RenderOptions): readonly Text[] {
  const column = Math.max(0, ...changes.map(({ path }) => path.length));
  const room = width - indent.length - column - 4;
  const line = (path: string, mark: '-' | '+', value: string): Text => [
    `${indent}${path.padEnd(column)}  `,
    { style: mark === '-' ? 'red' : 'green', text: `${mark} ${shorten(value, room)}` },
  ];
  return changes.flatMap(({ path, before, after }) => [
    ...(before === undefined ? [] : [line(path, '-', before)]),
    ...(after === undefined ? [] : [line(before === undefined ? path : '', '+', after)]),
  ]);
}

/** Shortens a text by leaving out its middle, because both ends distinguish an image reference. */
export function shorten(text: string, length: number): string {
  const digestShortened = text.length <= length ? text : text.replaceAll(/(sha256:[a-f0-9]{8})[a-f0-9]{56}/g, '$1…');
  if (digestShortened.length <= length) return digestShortened;
  const kept = Math.max(2, length - 1);
  return `${digestShortened.slice(0, Math.ceil(kept / 2))}…${digestShortened.slice(-Math.floor(kept / 2))}`;
}
