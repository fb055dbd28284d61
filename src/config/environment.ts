import { parseDocument } from 'yaml';
import { type JsonObject, objectAt, withValue } from '../openshift/json.ts';
import { configKeys } from './keys.ts';
import { yamlValueOf } from './yaml-value.ts';

const prefix = 'S2I_INCREMENTAL_';

/** Returns the variable of a key: `output.tagFormat` → `S2I_INCREMENTAL_OUTPUT_TAG_FORMAT`. */
export function variableOf(path: readonly string[]): string {
  return prefix + path.map((step) => step.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('_');
}

/**
 * Matches the variables that Kubernetes sets for each service of the namespace. A service named like this program has
 * our prefix: `S2I_INCREMENTAL_WEBHOOK_SERVICE_HOST`, `S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP`, …
 */
const serviceVariable = /_SERVICE_(?:HOST|PORT(?:_.*)?)$|_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_.*)?)?$/;

/** Holds a configuration, not checked yet, with the settings of the environment. */
export interface EnvironmentOverlay {
  readonly value: unknown;
  readonly problems: readonly string[];
  /** The variable that set the value at a path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Overlays settings from the environment on a configuration that has not been checked yet. */
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
    // Templates leave variables empty, and the default of every text is empty.
    if (text === undefined || text === '') continue;
    const key = keys.get(variable);
    if (key === undefined) {
      if (!serviceVariable.test(variable))
        problems.push(
          `${variable}: is no setting; the name is ${prefix} and the key's path, such as ` +
            variableOf(['output', 'tagFormat']),
        );
      continue;
    }
    const [section] = key.path;
    // The schema reports a section of the wrong type.
    if (value[section] != null && objectAt(value, section) === undefined) continue;
    const setting = key.isText ? text : readYaml(text);
    if (setting === undefined) {
      // The text is not quoted: it may be a secret.
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
