import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createScriptCatalog } from '../../src/assemble/catalog.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { runCommand } from '../helpers/terminal.ts';

describe('assemble-script', () => {
  it('prints the served wrapper', async () => {
    const profiles = '{java: {scriptsDir: /usr/local/s2i, keep: [target]}}';
    const environment = { S2I_INCREMENTAL_ASSEMBLE_PROFILES: profiles };
    const catalog = createScriptCatalog(parseConfig('', environment).assemble.profiles);
    for (const profile of ['default', 'java']) {
      const finished = await runCommand(['assemble-script', '--profile', profile], { environment });
      assert.deepEqual(finished, { status: 0, stdout: catalog.find(profile, 'assemble'), stderr: '' });
    }
  });

  it('lists the profiles for an unknown one', async () => {
    const { status, stdout, stderr } = await runCommand(['assemble-script', '--profile', 'cobol']);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' });
    assert.match(stderr, /^s2i-incremental: there is no profile "cobol"; there are default, python, nodejs, /);
  });
});
