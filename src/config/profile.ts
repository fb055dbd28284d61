/** The folder of the S2I scripts in most builder images, and where S2I looks for `run` when scripts came from a URL. */
export const stockScriptsDir = '/usr/libexec/s2i';

/** One env profile: for base images whose repository matches, the variables that `assemble` is given. */
export interface Profile {
  readonly name: string;
  /** Tried on the base image's repository; undefined: only by label. */
  readonly match: RegExp | undefined;
  /** The folder of the S2I scripts in the image. */
  readonly scriptsDir: string;
  /** Entries of `$HOME` that the wrapper removes before each build. */
  readonly clean: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}
