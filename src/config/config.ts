import type * as z from 'zod';
import type { configSchema } from './schema.ts';

/** Holds the complete, checked and frozen configuration. Durations are milliseconds. schema.ts describes every key. */
export type Config = Frozen<z.output<typeof configSchema>>;

/** Makes a type deeply readonly, except for regular expressions and maps. */
export type Frozen<T> = T extends RegExp | ReadonlyMap<unknown, unknown>
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };

/** Holds the section `incremental`. */
export type IncrementalConfig = Config['incremental'];
/** Holds the section `output`. */
export type OutputConfig = Config['output'];
/** Holds the section `assemble`. */
export type AssembleConfig = Config['assemble'];
/** Holds the section `registry`. */
export type RegistryConfig = Config['registry'];
/** Holds the section `certificate`. */
export type CertificateConfig = Config['certificate'];

/**
 * Says whether Builds continue from the previous image (`chain`) or are all full (`off`). Configuration, labels and
 * annotations write `false` for `off`.
 */
export type Mode = IncrementalConfig['mode'];

export type { Profile } from './profile.ts';
