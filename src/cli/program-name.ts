import { basename } from 'node:path';

/** Names the program on a command line: by itself, or as a plugin of `oc` or `kubectl`. */
export type ProgramName = 's2i-incremental' | 'oc s2i-incremental' | 'kubectl s2i-incremental';

/**
 * Returns the name under which the program was started.
 * @param path the started file; `oc` and `kubectl` find a plugin by this name, in which `_` stands for `-`
 */
export function programNameOf(path: string): ProgramName {
  const plugin = /^(oc|kubectl)-s2i[_-]incremental(?:\.js)?$/.exec(basename(path))?.[1];
  if (plugin === 'oc') return 'oc s2i-incremental';
  return plugin === 'kubectl' ? 'kubectl s2i-incremental' : 's2i-incremental';
}
