import { at, equalJson, isObject, stringAt } from '../openshift/json.ts';
import type { Text } from './terminal.ts';

/** One field that differs; undefined: it is not there. */
export interface Change {
  /** The field's path for people, e.g. `spec.strategy.sourceStrategy.env[PIP_INDEX_URL]`. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The fields in which two objects differ, each down to its value, in the objects' order. */
export function listChanges(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (before === after || equalJson(before, after)) return [];
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

/** The parts of a value by key; items of a list that have a name of their own go by it, as env variables do. */
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

/** How changes are printed. */
export interface RenderOptions {
  readonly indent: string;
  /** Characters a line may have; longer values are shortened in their middle. Infinity: never. */
  readonly width: number;
}

/** The changes as aligned lines: `-` before, `+` after, one column for the fields and one for the values. */
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

/** Shortens a text to a length by leaving out its middle; both ends of an image reference tell it from others. */
export function shorten(text: string, length: number): string {
  const digestShortened = text.length <= length ? text : text.replaceAll(/(sha256:[a-f0-9]{8})[a-f0-9]{56}/g, '$1…');
  if (digestShortened.length <= length) return digestShortened;
  const kept = Math.max(2, length - 1);
  return `${digestShortened.slice(0, Math.ceil(kept / 2))}…${digestShortened.slice(-Math.floor(kept / 2))}`;
}
