import type { RegistryError } from './registry-error.ts';

/** Says whether a registry has an image. */
export type ImageAnswer =
  /** `digest`: of the manifest that the reference names. */
  | { readonly kind: 'present'; readonly digest: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown'; readonly error: RegistryError };
