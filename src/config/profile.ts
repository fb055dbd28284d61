/**
 * Names the folder of the S2I scripts in most builder images; S2I looks there for `run` if the scripts came from a URL.
 */
export const stockScriptsDir = '/usr/libexec/s2i';

/** Holds the settings for the base images whose repository matches. */
export interface Profile {
  readonly name: string;
  /** A pattern for the repository of the base image; undefined: selected only by label. */
  readonly match: RegExp | undefined;
  /** The namespaces that may use it, each matched as a whole; empty: all. */
  readonly namespaces: readonly RegExp[];
  /** The folder of the S2I scripts in the image. */
  readonly scriptsDir: string;
  /** Entries of the work directory that an incremental build keeps; other remains of earlier builds are removed. */
  readonly keep: readonly string[];
  /**
   * Other folders in which the remains of earlier builds are removed: absolute paths; the first segment may be a
   * variable of the image, such as `$JBOSS_HOME`.
   */
  readonly outputs: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}
