import { at, objectAt, stringAt } from '../openshift/json.ts';
import { configSchema } from './schema.ts';

/** Describes one configuration key, as the schema declares it. */
export interface ConfigKey {
  readonly path: readonly [section: string, key: string];
  /** Whether the value is a text, so that a variable is used as it is instead of parsed as YAML. */
  readonly isText: boolean;
  /** The default, as written in the file. */
  readonly fallback: unknown;
  readonly description: string;
}

/** Returns every configuration key, in the schema's order. */
export function configKeys(): readonly ConfigKey[] {
  const schema = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  return Object.entries(objectAt(schema, 'properties') ?? {}).flatMap(([section, inner]) =>
    Object.entries(objectAt(inner, 'properties') ?? {}).map(([key, described]) => ({
      path: [section, key] as const,
      isText: stringAt(described, 'type') === 'string',
      fallback: at(described, 'default'),
      description: stringAt(described, 'description') ?? '',
    })),
  );
}
