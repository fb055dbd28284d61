import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { type JsonObject, isObject } from '../openshift/json.ts';
import type { Config, Frozen } from './config.ts';
import { applyEnvironment } from './environment.ts';
import { configSchema } from './schema.ts';
import { yamlValueOf } from './yaml-value.ts';
import { messageOf } from './message-of.ts';

/** Everything that is wrong with a configuration, one sentence each; thrown before anything is started. */
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
 * Reads the configuration once: the file if one is named, over it the environment's `S2I_INCREMENTAL_…`, under both the
 * defaults.
 * @throws ConfigError with every problem found, each with its key's path
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
 * The same from a text; `source` is what its problems are told under.
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
  // What is wrong may lie inside the value that a variable gave.
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
