import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

it('image and npm start use the same options of Node.js', () => {
  const [, entrypoint = ''] = /^ENTRYPOINT (.*)$/m.exec(read('Dockerfile')) ?? [];
  const optionsOf = (words: readonly string[]) => words.filter((word) => word.startsWith('--'));
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  const options = optionsOf(JSON.parse(entrypoint) as string[]);
  assert.deepEqual(optionsOf(scripts.start.split(' ')), options);
  assert.ok(options.length > 0);
});
