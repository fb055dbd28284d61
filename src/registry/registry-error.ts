/** Lists why a lookup has no answer; also values of a metric's label. */
export const registryErrorCodes = [
  // registry.credentialsFile or registry.caFile
  'file_unreadable',
  // 401 and 403
  'unauthorized',
  'invalid_reference',
  'timeout',
  // no connection, or a certificate that is not trusted
  'unreachable',
  // 429 and 5xx, or too many lookups at once
  'unavailable',
  'unexpected_answer',
] as const;
/** Says why a lookup has no answer. */
export type RegistryErrorCode = (typeof registryErrorCodes)[number];

/** Lists all results of a lookup. */
export const registryResults = ['present', 'missing', ...registryErrorCodes] as const;
/** Names the result of a lookup. */
export type RegistryResult = (typeof registryResults)[number];

/** A registry gave no usable answer. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
  }
}
