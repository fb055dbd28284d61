import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startApiServer } from '../helpers/api-server.ts';
import { exampleBuildConfig } from '../helpers/fixtures.ts';
import { runCommand } from '../helpers/terminal.ts';

describe('check', () => {
  it('takes the name of a BuildConfig as an argument and as --bc', async (t) => {
    const { kubeconfig } = await startApiServer(t, [exampleBuildConfig()]);
    const forms = [['api'], ['bc/api'], ['--bc', 'api']];
    const shown = await Promise.all(
      forms.map(async (form) => {
        const { stdout } = await runCommand(['check', '--kubeconfig', kubeconfig, ...form]);
        return stdout.split('\n').filter((line) => /buildconfig\/api|the next Build/.test(line));
      }),
    );
    const lines = [
      '[ok] buildconfig/api has opted in',
      '[!]  the next Build is full, because it is the first Build since its BuildConfig opted in, if the webhook has its default configuration and delivers the wrapper -> name its configuration with --config, or ask for the right to read its ConfigMap',
    ];
    assert.deepEqual(shown, [lines, lines, lines]);
  });

  it('takes one name', async () => {
    for (const args of [
      ['api', 'shop'],
      ['api', '--bc', 'shop'],
    ]) {
      assert.deepEqual(await runCommand(['check', ...args]), {
        status: 2,
        stdout: '',
        stderr:
          's2i-incremental: name one BuildConfig, as in shop or bc/shop\n' +
          's2i-incremental: s2i-incremental check --help tells more\n',
      });
    }
  });
});
