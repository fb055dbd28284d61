import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { messageOf } from '../config/message-of.ts';
import { CommandError } from './command-error.ts';
import { defineCommand } from './command.ts';
import { configOption } from './object-arguments.ts';
import { UsageError, exitCodes } from './usage.ts';

/** Declares `scripts`. */
export const scripts = defineCommand({
  name: 'scripts',
  summary: 'write the scripts for the image in assemble.image',
  audience: 'operators',
  options: {
    out: { type: 'string', value: 'DIR', help: 'the folder to write s2i/<profile>/{assemble,run} into' },
    config: { ...configOption, help: `${configOption.help}.\nOnly its profiles are used` },
  },
  about:
    'Writes the assemble wrapper of every profile, as it is served. An image that holds this folder at /s2i can be\n' +
    'named in assemble.image of the configuration; build it again after a change of profiles and after an upgrade.',
  examples: (program) => [
    `${program} scripts --out image --config config.yaml`,
    'hack/scripts-image.sh harbor.example.com/ci/s2i-incremental-scripts:1 config.yaml  ' +
      '# the image itself, in the checkout',
  ],
  run: ({ values: { out, config } }, { stdout, environment }) => {
    if (out === undefined) throw new UsageError('--out is missing: the folder to write the scripts into');
    const catalog = createScriptCatalog(loadConfig(config, environment).assemble.profiles);
    const folder = join(out, 's2i');
    if (existsSync(folder)) throw new CommandError(`${folder} exists already: give a folder without it`);
    try {
      for (const profile of catalog.profiles) writeScripts(catalog, profile, join(folder, profile));
    } catch (error) {
      throw new CommandError(`cannot write the scripts: ${messageOf(error)}`, { cause: error });
    }
    stdout.print(`wrote ${folder}, version ${catalog.version}: ${catalog.profiles.join(', ')}`);
    return exitCodes.ok;
  },
});

function writeScripts(catalog: ReturnType<typeof createScriptCatalog>, profile: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const name of ['assemble', 'run']) {
    const text = catalog.find(profile, name);
    if (text !== undefined) writeFileSync(join(folder, name), text, { mode: 0o755 });
  }
}
