import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CommandLine, type Options, defineCommand } from '../../../src/cli/command.ts';
import { createTestTerminal } from '../../helpers/terminal.ts';

const options = {
  namespace: { type: 'string', short: 'n', value: 'NAME', help: 'where' },
  file: { type: 'string', value: 'FILE', multiple: true, help: 'what' },
  output: { type: 'string', short: 'o', value: 'FORMAT', choices: ['table', 'json'], help: 'table\nor json' },
  all: { type: 'boolean', help: 'all' },
} as const;

function commandWith(run: (given: CommandLine<Options>) => number) {
  return defineCommand({
    name: 'show',
    summary: 'show names',
    audience: 'developers',
    names: '[NAME…]',
    namesHelp: 'of anything',
    options,
    about: 'Shows names.',
    notes: 'It is short.',
    examples: (program) => [`${program} show`],
    run,
  });
}

describe('defineCommand', () => {
  const terminal = createTestTerminal();

  it('passes options and names, in any order', async () => {
    const seen: unknown[] = [];
    const command = commandWith(({ values, names }) => seen.push({ ...values }, names));
    const args = ['shop', '-n', 'web', '--file', 'a', '--file=b', '-o', 'json', '--all', 'api'];
    assert.equal(await command.run(args, terminal), 2);
    assert.deepEqual(seen, [{ namespace: 'web', file: ['a', 'b'], output: 'json', all: true }, ['shop', 'api']]);
  });

  const wrong: readonly [args: readonly string[], message: RegExp][] = [
    [['--colour'], /^Unknown option '--colour'/],
    [['-o', 'xml'], /^-o must be one of table, json; is "xml"$/],
    [['-n'], /^Option '-n, --namespace <value>' argument missing$/],
  ];
  for (const [args, message] of wrong) {
    it(`rejects ${args.join(' ')}`, async () => {
      await assert.rejects(commandWith(() => 0).run(args, terminal), { code: 'usage', message });
    });
  }

  it('rejects a name for a command without names', async () => {
    const { names, namesHelp, ...rest } = { name: 'a', names: 'A', namesHelp: 'a', summary: 'a', about: 'a' };
    const command = defineCommand({ ...rest, audience: 'operators', options: {}, examples: () => [], run: () => 0 });
    await assert.rejects(command.run([names + namesHelp], terminal), {
      code: 'usage',
      message: /^Unexpected argument/,
    });
  });

  it('prints its help', async () => {
    assert.equal(await commandWith(() => 1).run(['--help'], terminal), 0);
    assert.equal(
      terminal.written.stdout,
      `Usage: s2i-incremental show [NAME…] [options]

Shows names.

  NAME                  of anything
  -n, --namespace NAME  where
  --file FILE…          what
  -o, --output FORMAT   table
                        or json
  --all                 all
  -h, --help            this text

It is short.

Examples:
  s2i-incremental show
`,
    );
  });
});
