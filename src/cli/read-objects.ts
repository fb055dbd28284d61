import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { messageOf } from '../config/message-of.ts';
import { yamlValueOf } from '../config/yaml-value.ts';
import { type JsonObject, arrayAt, at, isObject, stringAt } from '../openshift/json.ts';
import { processTemplate } from './process-template.ts';

/** A file cannot be read or is malformed; the message names file, document and field. Exit status 1. */
export class InputError extends Error {
  readonly code = 'bad_input';
}

/** Holds the objects of a file. */
export interface FileContent {
  /** The file's name in messages. */
  readonly name: string;
  /** Its Builds and BuildConfigs. */
  readonly objects: readonly JsonObject[];
  readonly namespaces: readonly JsonObject[];
  /** The kinds of the other objects, which are skipped. */
  readonly otherKinds: readonly string[];
}

/** The groups of Builds, BuildConfigs and Templates; OpenShift 3.x also serves them in the legacy group. */
const groups = { Build: 'build.openshift.io', BuildConfig: 'build.openshift.io', Template: 'template.openshift.io' };

/**
 * Reads a file with one or more documents in YAML or JSON, each an object, a List or a Template.
 * @param file `-` for standard input, which `readInput` reads
 * @throws InputError
 */
export function readObjects(file: string, readInput: () => string): FileContent {
  const name = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = file === '-' ? readInput() : readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const found = parseAllDocuments(text).flatMap((document, index) => {
    const where = `${name}, document ${index + 1}`;
    let value: unknown;
    try {
      value = yamlValueOf(document);
    } catch (error) {
      throw new InputError(`${where}: no valid YAML: ${messageOf(error)}`, { cause: error });
    }
    return value === null ? [] : flatten(value, where);
  });
  if (found.length === 0) throw new InputError(`${name}: holds no object`);
  const objects = found.filter((each) => typeof each !== 'string');
  return {
    name,
    objects: objects.filter(({ kind }) => kind !== 'Namespace'),
    namespaces: objects.filter(({ kind }) => kind === 'Namespace'),
    otherKinds: found.filter((each) => typeof each === 'string'),
  };
}

/** Returns an object, or those of a List or Template; for one of another kind, except a Namespace, its kind. */
function flatten(value: unknown, where: string): readonly (JsonObject | string)[] {
  const items = arrayAt(value, 'items');
  if (items !== undefined) return items.flatMap((item, index) => flatten(item, `${where}, item ${index + 1}`));
  if (!isObject(value)) throw new InputError(`${where}: must be an object; is ${kindOf(value)}`);
  const [kind, apiVersion] = [stringAt(value, 'kind'), stringAt(value, 'apiVersion')];
  if (kind === undefined || kind === '') throw new InputError(`${where}: has no kind`);
  if (kind === 'Namespace' && apiVersion === 'v1') {
    checkShape(value, where);
    return [value];
  }
  if (!Object.hasOwn(groups, kind)) return [kind];
  if (apiVersion === undefined) throw new InputError(`${where}: has no apiVersion`);
  const group = groups[kind as keyof typeof groups];
  if (apiVersion !== 'v1' && apiVersion !== `${group}/v1`) {
    // Other groups also have kinds of this name.
    if (apiVersion.includes('/') && !apiVersion.startsWith(`${group}/`)) return [`${kind} of ${apiVersion}`];
    throw new InputError(`${where}: apiVersion must be ${group}/v1; is ${apiVersion}`);
  }
  if (kind === 'Template') {
    return processTemplate(value).flatMap((object, index) => flatten(object, `${where}, object ${index + 1}`));
  }
  checkShape(value, where);
  return [value];
}

/** @throws InputError if an API server would reject the object */
function checkShape(object: JsonObject, where: string): void {
  for (const path of [
    ['metadata'],
    ['spec'],
    ['spec', 'strategy'],
    ['metadata', 'labels'],
    ['metadata', 'annotations'],
  ]) {
    const found = at(object, ...path);
    if (found != null && !isObject(found)) {
      throw new InputError(`${where}: ${path.join('.')} must be a map; is ${kindOf(found)}`);
    }
  }
  for (const map of ['labels', 'annotations']) {
    for (const [key, text] of Object.entries(at(object, 'metadata', map) ?? {})) {
      if (typeof text === 'string') continue;
      throw new InputError(`${where}: metadata.${map}.${key} must be a text, in quotes; is ${JSON.stringify(text)}`);
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
