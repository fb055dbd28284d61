import type * as z from 'zod';
import type { configSchema } from './schema.ts';

/**
 * The configuration as the rest of the program sees it: complete, checked, frozen. Durations are milliseconds.
 * schema.ts has every key, with what it means.
 */
export type Config = Frozen<z.output<typeof configSchema>>;

/** Readonly to its depths. A regular expression stays one: nothing in it can be set. */
export type Frozen<T> = T extends RegExp | ReadonlyMap<unknown, unknown>
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };

export type IncrementalConfig = Config['incremental'];
export type OutputConfig = Config['output'];
export type AssembleConfig = Config['assemble'];
export type RegistryConfig = Config['registry'];
export type CertificateConfig = Config['certificate'];

/** How a Build continues from the previous one: from its image, or not at all. */
export type Mode = IncrementalConfig['mode'];

export type { Profile } from './profile.ts';
