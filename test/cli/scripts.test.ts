import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { createScriptCatalog } from '../../src/assemble/catalog.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { readTree } from '../helpers/file-tree.ts';
import { runCommand } from '../helpers/terminal.ts';

const profiles = '{team-x: {match: team-x/, scriptsDir: /usr/local/s2i, keep: [target]}, python: {match: snake}}';
const environment = { S2I_INCREMENTAL_ASSEMBLE_PROFILES: profiles };

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('scripts', () => {
  it('writes the served scripts, executable, for each configured and built-in profile', async (t) => {
    const out = join(emptyFolder(t), 'not/there');
    const catalog = createScriptCatalog(parseConfig('', environment).assemble.profiles);
    const expected: Record<string, string> = { s2i: 'directory 755' };
    for (const profile of catalog.profiles) {
      expected[`s2i/${profile}`] = 'directory 755';
      for (const script of ['assemble', 'run']) {
        const text = catalog.find(profile, script);
        if (text !== undefined) expected[`s2i/${profile}/${script}`] = `file 755 ${text}`;
      }
    }
    const names = ['default', 'team-x', 'python', 'nodejs', 'java', 'php', 'ruby', 'golang', 'perl', 'dotnet'];
    const finished = await runCommand(['scripts', '--out', out], { environment });
    assert.deepEqual(finished, {
      status: 0,
      stdout: `wrote ${out}/s2i, version ${catalog.version}: ${names.join(', ')}\n`,
      stderr: '',
    });
    const written = Object.fromEntries(
      Object.entries(readTree(out)).map(([path, entry]) => [path, Buffer.from(entry, 'latin1').toString('utf8')]),
    );
    assert.deepEqual(written, expected);
    assert.deepEqual(
      Object.keys(expected).filter((path) => path.endsWith('/run')),
      ['s2i/default/run', 's2i/team-x/run', 's2i/java/run'],
    );
  });

  it('rejects an existing folder, and one that is not writable', async (t) => {
    const folder = emptyFolder(t);
    mkdirSync(join(folder, 's2i'));
    writeFileSync(join(folder, 'file'), '');
    assert.deepEqual(await runCommand(['scripts', '--out', folder]), {
      status: 1,
      stdout: '',
      stderr: `s2i-incremental: ${folder}/s2i exists already: give a folder without it\n`,
    });
    const { status, stderr } = await runCommand(['scripts', '--out', join(folder, 'file')]);
    assert.equal(status, 1);
    assert.match(stderr, /^s2i-incremental: cannot write the scripts: ENOTDIR/);
    const missing = await runCommand(['scripts']);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /^s2i-incremental: --out is missing: the folder to write the scripts into\n/);
  });
});
