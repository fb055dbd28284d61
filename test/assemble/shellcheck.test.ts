import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { renderAssemble, renderRun } from '../../src/assemble/render.ts';
import { assembleTemplate, runTemplate } from '../../src/assemble/scripts.ts';

const rendered = {
  assemble: assembleTemplate,
  run: runTemplate,
  'assemble, rendered': renderAssemble({
    version: 'v1',
    profile: "it's",
    scriptsDir: '/usr/local/s2i',
    keep: ['pip.ini', "it's"],
    outputs: ['/deployments', '$JBOSS_HOME/lib'],
  }),
  'run, rendered': renderRun({ scriptsDir: "/it's" }),
};

for (const [name, script] of Object.entries(rendered)) {
  for (const dialect of ['sh', 'bash', 'dash']) {
    test(`shellcheck accepts ${name} as ${dialect}`, () => {
      const { status, stdout, stderr, error } = spawnSync('shellcheck', ['-s', dialect, '-'], {
        input: script,
        encoding: 'utf8',
      });
      assert.equal(error, undefined, 'these tests need shellcheck: apt-get install shellcheck');
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    });
  }
}
