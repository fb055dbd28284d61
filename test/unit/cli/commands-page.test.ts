import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { commands } from '../../../src/cli/commands.ts';

/** Returns the options in the tables of a section of the page. */
function optionsIn(section: string): readonly string[] {
  return [...section.matchAll(/^\| (?:`-\w`, )?`--([a-z-]+)/gm)].map(([, name = '']) => name);
}

describe('docs/commands.md', () => {
  const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  const sections = page
    .split(/^## /m)
    .map((section) => ({ section, names: (section.split('\n')[0] ?? '').split(/, | and /) }));
  const common = optionsIn(sections.find(({ names }) => names[0] === 'Common options')?.section ?? '');

  for (const { name } of commands) {
    it(`has the options of ${name}`, () => {
      const own = sections.find(({ names }) => names.includes(name));
      const together = commands.filter((command) => own?.names.includes(command.name) === true);
      const options = new Set(together.flatMap((command) => Object.keys(command.options)));
      const documented = new Set([...common.filter((option) => options.has(option)), ...optionsIn(own?.section ?? '')]);
      assert.ok(options.size > 0);
      assert.deepEqual([...documented].sort(), [...options].sort());
    });
  }
});
