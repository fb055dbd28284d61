import assert from 'node:assert/strict';
import { it } from 'node:test';
import { programNameOf } from '../../../src/cli/program-name.ts';

it('programNameOf returns the name under which the program was started', () => {
  const names: Readonly<Record<string, string>> = {
    '/usr/local/bin/oc-s2i_incremental': 'oc s2i-incremental',
    '/usr/local/bin/kubectl-s2i_incremental': 'kubectl s2i-incremental',
    '/usr/local/bin/kubectl-s2i-incremental': 'kubectl s2i-incremental',
    '/usr/local/bin/oc-s2i_incremental.js': 'oc s2i-incremental',
    '/opt/oc/dist/main.js': 's2i-incremental',
    '/usr/local/bin/s2i-incremental': 's2i-incremental',
    '/usr/local/bin/toc-s2i_incremental': 's2i-incremental',
    '': 's2i-incremental',
  };
  const called = Object.fromEntries(Object.keys(names).map((path) => [path, programNameOf(path)]));
  assert.deepEqual(called, names);
});
