import { at, objectAt, stringAt } from '../openshift/json.ts';
import { configSchema } from './schema.ts';

/** A key of the configuration, as the schema declares it. */
export interface ConfigKey {
  readonly path: readonly [section: string, key: string];
  /** Whether its value is a text in the file, so that a variable's text is taken as it is, not read as YAML. */
  readonly isText: boolean;
  /** As it is written in the file. */
  readonly fallback: unknown;
  readonly description: string;
}

/** Returns every key of the configuration, in the schema's order. */
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
