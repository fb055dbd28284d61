import { createHash } from 'node:crypto';
import { type Profile, stockScriptsDir } from '../config/profile.ts';
import { renderAssemble, renderRun } from './render.ts';
import { assembleTemplate, runTemplate } from './scripts.ts';

/** Holds the scripts that build pods can fetch, by profile. */
export interface ScriptCatalog {
  /** Changes with the text of any script and with the settings of any profile. */
  readonly version: string;
  /** The names, including `default`. */
  readonly profiles: readonly string[];
  /**
   * Returns the text of a script; undefined if there is none. A profile has no `run` if its images have it where S2I
   * looks by itself.
   */
  find(profile: string, script: string): string | undefined;
}

/** The settings for an image that no profile matches. */
const defaultProfile = { name: 'default', scriptsDir: stockScriptsDir, keep: [], outputs: [] } as const;

/** Returns the scripts of the profiles, and of `default` unless a profile has that name. */
export function createScriptCatalog(profiles: readonly Profile[]): ScriptCatalog {
  const all = [defaultProfile, ...profiles].map(({ name, scriptsDir, keep, outputs }) => ({
    name,
    scriptsDir,
    keep,
    outputs,
  }));
  const version = createHash('sha256')
    .update(JSON.stringify([assembleTemplate, runTemplate, all]))
    .digest('hex')
    .slice(0, 12);
  const scripts = new Map(
    all.map(({ name, scriptsDir, keep, outputs }) => [
      name,
      {
        assemble: renderAssemble({ version, profile: name, scriptsDir, keep, outputs }),
        run: name !== 'default' && scriptsDir === stockScriptsDir ? undefined : renderRun({ scriptsDir }),
      },
    ]),
  );
  return {
    version,
    profiles: [...scripts.keys()],
    find(profile, script) {
      const found = scripts.get(profile);
      return script === 'assemble' ? found?.assemble : script === 'run' ? found?.run : undefined;
    },
  };
}
