import type { Document } from 'yaml';
import { messageOf } from './message-of.ts';

/** A document is no valid YAML. The message has one line and does not quote the document. */
export class YamlError extends Error {
  readonly code = 'invalid_yaml';
}

/**
 * Returns the value of a parsed document.
 * @throws YamlError if the document is invalid, an alias is unknown, or aliases multiply beyond the parser's limit
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
