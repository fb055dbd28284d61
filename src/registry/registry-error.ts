/** Why a question to a registry has no answer. The codes are also values of a metric's label. */
export const registryErrorCodes = [
  // registry.credentialsFile or registry.caFile
  'file_unreadable',
  // 401 and 403
  'unauthorized',
  'invalid_reference',
  'timeout',
  // No connection, or a certificate that is not trusted
  'unreachable',
  // 429 and 5xx, or too many questions at once
  'unavailable',
  'unexpected_answer',
] as const;
export type RegistryErrorCode = (typeof registryErrorCodes)[number];

/** How a question can end: with an answer, or without one. */
export const registryResults = ['present', 'missing', ...registryErrorCodes] as const;
export type RegistryResult = (typeof registryResults)[number];

/** A registry gave no answer that can be used. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
  }
}
