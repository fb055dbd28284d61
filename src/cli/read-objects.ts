import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { yamlValueOf } from '../config/yaml-value.ts';
import { type JsonObject, arrayAt, at, isObject, stringAt } from '../openshift/json.ts';
import { messageOf } from '../config/message-of.ts';

/** A file cannot be read, or holds something else than BuildConfigs and Builds; the message names file, document and field. Exit status 1. */
export class InputError extends Error {
  readonly code = 'bad_input';
}

/** The two resources' groups: OpenShift 3.x serves them in the legacy one too. */
const apiVersions = ['build.openshift.io/v1', 'v1'];

/**
 * The BuildConfigs and Builds of a file: YAML or JSON, of one or several documents, each an object or a List of them.
 * @param file `-` for standard input, which `readInput` reads
 * @throws InputError
 */
export function readObjects(file: string, readInput: () => string): readonly JsonObject[] {
  const name = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = file === '-' ? readInput() : readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const objects = parseAllDocuments(text).flatMap((document, index) => {
    const where = `${name}, document ${index + 1}`;
    let value: unknown;
    try {
      value = yamlValueOf(document);
    } catch (error) {
      throw new InputError(`${where}: no valid YAML: ${messageOf(error)}`, { cause: error });
    }
    return value === null ? [] : flatten(value, where);
  });
  if (objects.length === 0) throw new InputError(`${name}: holds no object`);
  return objects;
}

/** An object, or the items of a List. */
function flatten(value: unknown, where: string): readonly JsonObject[] {
  const items = arrayAt(value, 'items');
  if (items !== undefined) return items.flatMap((item, index) => flatten(item, `${where}, item ${index + 1}`));
  if (!isObject(value)) throw new InputError(`${where}: must be an object; is ${kindOf(value)}`);
  const kind = stringAt(value, 'kind');
  if (kind !== 'Build' && kind !== 'BuildConfig') {
    throw new InputError(`${where}: kind must be BuildConfig or Build; is ${kind ?? 'absent'}`);
  }
  const apiVersion = stringAt(value, 'apiVersion');
  if (apiVersion === undefined || !apiVersions.includes(apiVersion)) {
    throw new InputError(`${where}: apiVersion must be build.openshift.io/v1; is ${apiVersion ?? 'absent'}`);
  }
  for (const path of [
    ['metadata'],
    ['spec'],
    ['spec', 'strategy'],
    ['metadata', 'labels'],
    ['metadata', 'annotations'],
  ]) {
    const found = at(value, ...path);
    if (found != null && !isObject(found)) {
      throw new InputError(`${where}: ${path.join('.')} must be a map; is ${kindOf(found)}`);
    }
  }
  for (const map of ['labels', 'annotations']) {
    for (const [key, text] of Object.entries(at(value, 'metadata', map) ?? {})) {
      if (typeof text === 'string') continue;
      throw new InputError(`${where}: metadata.${map}.${key} must be a text, in quotes; is ${JSON.stringify(text)}`);
    }
  }
  return [value];
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
