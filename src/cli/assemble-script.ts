import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { labels } from '../openshift/keys.ts';
import { defineCommand } from './command.ts';
import { configOption } from './object-arguments.ts';
import { UsageError, exitCodes } from './usage.ts';

/** Declares `assemble-script`. */
export const assembleScript = defineCommand({
  name: 'assemble-script',
  summary: 'print the assemble wrapper, to keep it in a repository',
  audience: 'developers',
  options: {
    profile: { type: 'string', value: 'NAME', help: 'the profile whose settings it gets (default: default)' },
    config: { ...configOption, help: `${configOption.help}.\nOnly its profiles are used` },
  },
  about: [
    'Prints the assemble wrapper, to be kept in a repository as .s2i/bin/assemble. The BuildConfig then needs the',
    `label ${labels.assembleWrapper}=false.`,
  ].join('\n'),
  examples: (program) => [
    `${program} assemble-script --profile python --config config.yaml > .s2i/bin/assemble`,
    'chmod +x .s2i/bin/assemble',
  ],
  run: ({ values: { profile, config } }, { stdout, environment }) => {
    const { profiles } = loadConfig(config, environment).assemble;
    const script = createScriptCatalog(profiles).find(profile ?? 'default', 'assemble');
    if (script === undefined) {
      const names = ['default', ...profiles.map(({ name }) => name)];
      throw new UsageError(`there is no profile ${JSON.stringify(profile)}; there are ${names.join(', ')}`);
    }
    stdout.write(script);
    return exitCodes.ok;
  },
});
