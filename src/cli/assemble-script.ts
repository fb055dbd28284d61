import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { parseOptions } from './command-line.ts';
import { UsageError, exitCodes } from './usage.ts';

export const assembleScriptHelp = `Usage: s2i-incremental assemble-script [options]

Prints the assemble wrapper, for those who would rather have it in their repository as .s2i/bin/assemble.

  --profile NAME   the profile whose settings it has (default: default)
  --config FILE    configuration (YAML) with the profiles; environment variables S2I_INCREMENTAL_… override it
  -h, --help       this text

Example:
  s2i-incremental assemble-script --profile python --config config.yaml > .s2i/bin/assemble
  chmod +x .s2i/bin/assemble
`;

/** Prints one profile's wrapper. */
export function assembleScript(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const { profile, config, help } = parseOptions(args, {
    profile: { type: 'string' },
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (help === true) {
    process.stdout.write(assembleScriptHelp);
    return Promise.resolve(exitCodes.ok);
  }
  const { profiles } = loadConfig(config, environment).assemble;
  const script = createScriptCatalog(profiles).find(profile ?? 'default', 'assemble');
  if (script === undefined) {
    const names = ['default', ...profiles.map(({ name }) => name)];
    throw new UsageError(`there is no profile ${JSON.stringify(profile)}; there are ${names.join(', ')}`);
  }
  process.stdout.write(script);
  return Promise.resolve(exitCodes.ok);
}
