import { parseDocument } from 'yaml';
import { type JsonObject, objectAt, withValue } from '../openshift/json.ts';
import { configKeys } from './keys.ts';
import { yamlValueOf } from './yaml-value.ts';

const prefix = 'S2I_INCREMENTAL_';

/** `output.tagFormat` → `S2I_INCREMENTAL_OUTPUT_TAG_FORMAT`. */
export function variableOf(path: readonly string[]): string {
  return prefix + path.map((step) => step.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('_');
}

/**
 * Kubernetes gives every pod variables of the services in its namespace, and a service that is named like this program
 * gets names that look like ours: `S2I_INCREMENTAL_WEBHOOK_SERVICE_HOST`, `S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP`, …
 */
const serviceVariable = /_SERVICE_(?:HOST|PORT(?:_.*)?)$|_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_.*)?)?$/;

export interface EnvironmentOverlay {
  readonly value: unknown;
  readonly problems: readonly string[];
  /** The variable that each overlaid path came from. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Lays the environment's settings over a configuration value whose sections may still be of any shape. */
export function applyEnvironment(
  base: JsonObject,
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentOverlay {
  let value = base;
  const problems: string[] = [];
  const sources = new Map<string, string>();
  const variables = Object.keys(environment).filter((name) => name.startsWith(prefix));
  const keys = new Map(variables.length === 0 ? [] : configKeys().map((key) => [variableOf(key.path), key]));
  for (const variable of variables.sort()) {
    const text = environment[variable];
    // Templates leave variables empty; that says nothing, and every text's default is empty.
    if (text === undefined || text === '') continue;
    const key = keys.get(variable);
    if (key === undefined) {
      if (!serviceVariable.test(variable))
        problems.push(
          `${variable}: is no setting; the name is ${prefix} and the key's path, such as ${variableOf(['output', 'tagFormat'])}`,
        );
      continue;
    }
    const [section] = key.path;
    // A section of the wrong shape is the schema's to refuse; nothing is laid over it.
    if (value[section] != null && objectAt(value, section) === undefined) continue;
    const setting = key.isText ? text : readYaml(text);
    if (setting === undefined) {
      // Not the text itself: it may hold what is no matter for a log.
      problems.push(`${variable}: ${key.path.join('.')}: no valid YAML`);
      continue;
    }
    value = withValue(value, key.path, setting);
    sources.set(key.path.join('.'), variable);
  }
  return { value, problems, sources };
}

function readYaml(text: string): unknown {
  try {
    return yamlValueOf(parseDocument(text));
  } catch {
    return undefined;
  }
}
