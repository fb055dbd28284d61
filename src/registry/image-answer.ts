import type { RegistryError } from './registry-error.ts';

/** What a registry says of an image. */
export type ImageAnswer =
  /** `digest`: of the manifest that the reference means. */
  | { readonly kind: 'present'; readonly digest: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown'; readonly error: RegistryError };
