import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { embedScripts, scriptTexts, scriptsFile } from '../../../hack/embed-scripts.ts';
import { assembleTemplate, runTemplate } from '../../../src/assemble/scripts.ts';

test('scripts.ts is up to date with its shell scripts', () => {
  const stale = readFileSync(scriptsFile, 'utf8') !== embedScripts();
  assert.equal(stale, false, 'src/assemble/scripts.ts is stale: run node hack/embed-scripts.ts');
});

test('scripts.ts contains the shell scripts byte for byte', () => {
  assert.deepEqual({ assemble: assembleTemplate, run: runTemplate }, scriptTexts());
});
