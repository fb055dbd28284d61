import { createHash } from 'node:crypto';
import { type Profile, stockScriptsDir } from '../config/profile.ts';
import { renderAssemble, renderRun } from './render.ts';
import { assembleTemplate, runTemplate } from './scripts.ts';

/** The scripts that build pods can ask for, by profile. */
export interface ScriptCatalog {
  /** Changes whenever any script does, by its text or by a profile's settings. */
  readonly version: string;
  /** Their names, `default` among them. */
  readonly profiles: readonly string[];
  /**
   * The script's text, or undefined where there is none: there is no `run` for a profile whose images have theirs where
   * S2I looks for it by itself.
   */
  find(profile: string, script: string): string | undefined;
}

/** What is served where no profile fits. */
const defaultProfile = { name: 'default', scriptsDir: stockScriptsDir, keep: [], outputs: [] } as const;

/** The scripts of the profiles, and of `default` unless a profile has that name. */
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
