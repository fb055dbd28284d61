/** The folder of the S2I scripts in most builder images, and where S2I looks for `run` when scripts came from a URL. */
export const stockScriptsDir = '/usr/libexec/s2i';

/** One env profile: for base images whose repository matches, the variables that `assemble` is given. */
export interface Profile {
  readonly name: string;
  /** Tried on the base image's repository; undefined: only by label. */
  readonly match: RegExp | undefined;
  /** The namespaces that it is for, each matched as a whole; empty: all. */
  readonly namespaces: readonly RegExp[];
  /** The folder of the S2I scripts in the image. */
  readonly scriptsDir: string;
  /** Names of entries of the work directory that an incremental build starts with; all else that builds left goes. */
  readonly keep: readonly string[];
  /**
   * Other folders that `assemble` fills, from which goes what earlier builds put there: absolute paths, the first step
   * may be a variable of the image, such as `$JBOSS_HOME`.
   */
  readonly outputs: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}
