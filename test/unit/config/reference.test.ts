import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { referenceFile, renderReference } from '../../../hack/reference.ts';
import { configKeys } from '../../../src/config/keys.ts';

describe('the reference of the configuration', () => {
  const page = readFileSync(referenceFile, 'utf8');

  it('has the keys of the schema: node hack/reference.ts writes them', async () => {
    assert.equal(page, await renderReference(page));
  });

  it('gets a line for a key that is new', async () => {
    const key = { path: ['new', 'key'], isText: true, fallback: '', description: 'What it does.' } as const;
    const [line] = (await renderReference(page, [key])).split('\n').filter((text) => text.startsWith('| `new.key`'));
    assert.equal(line, '| `new.key` | `""`    | What it does. |');
  });

  it('says what each key means and what it is by default', () => {
    for (const { path, fallback, description } of configKeys()) {
      assert.notEqual(description, '', path.join('.'));
      assert.notEqual(fallback, undefined, path.join('.'));
    }
  });
});
