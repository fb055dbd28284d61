import { parseDocument } from 'yaml';
import { type JsonObject, arrayAt, at, isObject, objectAt, stringAt, withValue } from '../openshift/json.ts';

/**
 * Returns the objects of a Template like `oc process`: with its labels, and the values of its parameters. A parameter
 * that is required or generated stays as written, because only `oc process` gives it a value.
 */
export function processTemplate(template: JsonObject): readonly unknown[] {
  const values = new Map(
    (arrayAt(template, 'parameters') ?? []).flatMap((parameter): (readonly [string, string])[] => {
      const isGiven = at(parameter, 'required') !== true && at(parameter, 'generate') === undefined;
      const value = stringAt(parameter, 'value') ?? (isGiven ? '' : undefined);
      return value === undefined ? [] : [[stringAt(parameter, 'name') ?? '', value]];
    }),
  );
  const labels = substitute(objectAt(template, 'labels') ?? {}, values) as JsonObject;
  return (arrayAt(template, 'objects') ?? []).map((object) => {
    const processed = substitute(object, values);
    return isObject(processed)
      ? Object.entries(labels).reduce(
          (all, [key, value]) => withValue(all, ['metadata', 'labels', key], value),
          processed,
        )
      : processed;
  });
}

/** Replaces parameters by their values: `${NAME}` by text within text, `${{NAME}}` alone by a value of any type. */
function substitute(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    const whole = values.get(/^\$\{\{([A-Za-z0-9_]+)\}\}$/.exec(value)?.[1] ?? '');
    if (whole !== undefined) return parseDocument(whole).toJS() as unknown;
    return value.replaceAll(/\$\{([A-Za-z0-9_]+)\}/g, (all, name: string) => values.get(name) ?? all);
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, values));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, values)]));
}
