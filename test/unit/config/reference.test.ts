import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { referenceFile, renderReference } from '../../../hack/reference.ts';
import { configKeys } from '../../../src/config/keys.ts';

describe('docs/reference.md, configuration keys', () => {
  const page = readFileSync(referenceFile, 'utf8');

  it('have the keys of the schema (node hack/reference.ts)', async () => {
    assert.equal(page, await renderReference(page));
  });

  it('get a line for a new key', async () => {
    const key = { path: ['new', 'key'], isText: true, fallback: '', description: 'What it does.' } as const;
    const [line] = (await renderReference(page, [key])).split('\n').filter((text) => text.startsWith('| `new.key`'));
    assert.equal(line, '| `new.key` | `""`    | What it does. |');
  });

  it('have meanings and defaults', () => {
    for (const { path, fallback, description } of configKeys()) {
      assert.notEqual(description, '', path.join('.'));
      assert.notEqual(fallback, undefined, path.join('.'));
    }
  });
});
