/** Opting in fails no build: full builds by the real S2I under difficult conditions. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Tree } from '../helpers/file-tree.ts';
import { ImageStore } from '../release/image-store.ts';
import { buildBuilder, scriptsOf } from './builders.ts';
import { type S2iBuild, readImage, runImage, s2iBuild } from './s2i.ts';
import { scriptsInSource, scriptsOutOfImage, serveScripts } from './scripts.ts';

const store = new ImageStore();
const source: Tree = { 'app.txt': 'started' };
const imageScripts = scriptsOf('bare');

describe('full build by S2I', () => {
  let scripts: Tree = {};
  before(async () => {
    await buildBuilder(store, 'bare');
    scripts = await scriptsOutOfImage(store, 'default');
  });
  const build = (name: string, more: Partial<S2iBuild>) =>
    s2iBuild(store, name, { from: 'localhost/bare', source, imageScripts, ...more });

  for (const [name, env] of [
    ['without a profile, HOME being /', {}],
    ['without HOME', { HOME: '' }],
    ['behind a proxy that does not answer', { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }],
  ] as [string, Record<string, string>][]) {
    it(`succeeds with scripts from an image ${name}, and starts; so does the next one`, async () => {
      const own = `own${Object.keys(env).join('')}`.toLowerCase();
      assert.equal((await build(own, { env })).status, 'built');
      let from = 'localhost/bare';
      for (const number of [1, 2]) {
        const image = `${own}-${number}`;
        const { status, log } = await build(image, {
          from,
          env,
          source: { ...source, ...scripts },
          scripts: scriptsInSource,
        });
        assert.equal(status, 'built', log);
        from = `localhost/${image}`;
        assert.equal(await runImage(store, from), 'started');
      }
      const [plain, wrapped] = [await readImage(store, `localhost/${own}`), await readImage(store, from)];
      const added = Object.keys(wrapped.files).filter((path) => !(path in plain.files));
      assert.deepEqual(added.sort(), [
        '/opt/app-root/src/.s2i-incremental',
        '/opt/app-root/src/.s2i-incremental/record',
        '/tmp/scripts',
        '/tmp/scripts/assemble',
        '/tmp/scripts/run',
      ]);
      assert.deepEqual(wrapped.files['/opt/app-root/src/app.txt'], plain.files['/opt/app-root/src/app.txt']);
    });
  }

  it('fails by HTTP without an answer, or with 404 only, as docs/wrapper.md says', async (t) => {
    const { address, stop } = await serveScripts(store);
    t.after(stop);
    const absent = address.replace(/[^/]+$/, 'absent');
    for (const url of ['http://127.0.0.1:9/s2i/v/default', absent]) {
      const { status, log } = await build('http', { scripts: url });
      assert.equal(status, 'no scripts', url);
      assert.match(log, /could not download any scripts from URL/);
    }
  });
});
