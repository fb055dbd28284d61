import type * as z from 'zod';
import type { configSchema } from './schema.ts';

/** Holds the complete, checked and frozen configuration. Durations are milliseconds. schema.ts describes every key. */
export type Config = Frozen<z.output<typeof configSchema>>;

/** Makes a type deeply readonly, except for regular expressions and maps. */
export type Frozen<T> = T extends RegExp | ReadonlyMap<unknown, unknown>
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };

export type IncrementalConfig = Config['incremental'];
export type OutputConfig = Config['output'];
export type AssembleConfig = Config['assemble'];
export type RegistryConfig = Config['registry'];
export type CertificateConfig = Config['certificate'];

/** Says whether a Build continues from the previous image. */
export type Mode = IncrementalConfig['mode'];

export type { Profile } from './profile.ts';
