import type { Document } from 'yaml';
import { messageOf } from './message-of.ts';

/** A document is no valid YAML; the message is one line, without what stands around the mistake. */
export class YamlError extends Error {
  readonly code = 'invalid_yaml';
}

/**
 * The value of a parsed document.
 * @throws YamlError where it could not be parsed, has an alias to nothing, or aliases that multiply beyond reason
 */
export function yamlValueOf(document: Document.Parsed): unknown {
  const [problem] = document.errors;
  if (problem !== undefined) throw new YamlError(problem.message.split('\n')[0] ?? '');
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new YamlError(messageOf(error), { cause: error });
  }
}
