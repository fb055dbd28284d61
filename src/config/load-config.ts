import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { type JsonObject, isObject } from '../openshift/json.ts';
import type { Config, Frozen } from './config.ts';
import { applyEnvironment } from './environment.ts';
import { configSchema } from './schema.ts';
import { yamlValueOf } from './yaml-value.ts';
import { messageOf } from './message-of.ts';

/** Holds every problem of a configuration, one sentence each; thrown before anything starts. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loads the configuration once: the defaults, overlaid by the file if one is named, overlaid by `S2I_INCREMENTAL_…`
 * variables.
 * @throws ConfigError with every problem and the path of its key
 */
export function loadConfig(file: string | undefined, environment: Environment): Config {
  if (file === undefined) return parseConfig('', environment);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read: ${messageOf(error)}`]);
  }
  return parseConfig(text, environment, file);
}

/**
 * Parses the configuration from a text; `source` names it in the problems.
 * @throws ConfigError
 */
export function parseConfig(text: string, environment: Environment, source?: string): Config {
  const merged = applyEnvironment(parseYamlMap(text, source), environment);
  const parsed = configSchema.safeParse(merged.value);
  const problems = [
    ...merged.problems,
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, source, merged.sources)),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(parsed.data);
}

function parseYamlMap(text: string, source: string | undefined): JsonObject {
  const problem = (message: string) => new ConfigError([source === undefined ? message : `${source}: ${message}`]);
  let value: unknown;
  try {
    value = yamlValueOf(parseDocument(text));
  } catch (error) {
    throw problem(`no valid YAML: ${messageOf(error)}`);
  }
  if (value == null) return {};
  if (!isObject(value)) throw problem('must be a map with the keys incremental, output, assemble, …');
  return value;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  file: string | undefined,
  sources: ReadonlyMap<string, string>,
): readonly string[] {
  const path = issue.path.join('.');
  // The problem may be inside a value that came from a variable.
  const [section, key] = issue.path;
  const source = sources.get([section, key].join('.')) ?? file;
  const where = source === undefined ? '' : `${source}: `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${where}${[...issue.path, key].join('.')}: is not a configuration key`);
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => `${where}${path}: ${inner.message}`);
  }
  return [`${where}${path}: ${issue.message}`];
}

function deepFreeze<T>(value: T): Frozen<T> {
  if (typeof value === 'object' && value !== null && !(value instanceof RegExp)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value as Frozen<T>;
}
