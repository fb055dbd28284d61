import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createScriptCatalog } from '../../src/assemble/catalog.ts';
import { renderAssemble, renderRun } from '../../src/assemble/render.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { send, suiteWebhook } from '../helpers/webhook.ts';

const config = `assemble:
  profiles:
    plain: {match: plain}
    elsewhere: {match: elsewhere, scriptsDir: /usr/local/s2i, keep: [target, "a b"]}
`;
const { version } = createScriptCatalog(parseConfig(config, {}).assemble.profiles);

const assembleOf = (profile: string, scriptsDir: string, keep: readonly string[]) =>
  renderAssemble({ version, profile, scriptsDir, keep, outputs: [] });

describe('scripts port', () => {
  const webhook = suiteWebhook({ config });
  const get = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
    send(`${webhook().scripts.url}${path}`, '', '', { method, headers });

  const served: readonly [path: string, text: string][] = [
    ['default/assemble', assembleOf('default', '/usr/libexec/s2i', [])],
    ['plain/assemble', assembleOf('plain', '/usr/libexec/s2i', [])],
    ['elsewhere/assemble', assembleOf('elsewhere', '/usr/local/s2i', ['target', 'a b'])],
    ['elsewhere/run', renderRun({ scriptsDir: '/usr/local/s2i' })],
    ['default/run', renderRun({ scriptsDir: '/usr/libexec/s2i' })],
  ];
  for (const [path, text] of served) {
    it(`serves ${path}, cacheable forever`, async () => {
      const { status, headers, text: body } = await get(`/s2i/${version}/${path}`);
      assert.deepEqual({ status, body }, { status: 200, body: text });
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers.etag, `"${version}"`);
      assert.match(headers['content-type'] ?? '', /^text\/plain; charset=utf-8$/);
    });
  }

  it('answers HEAD without content, and a known ETag with 304', async () => {
    const path = `/s2i/${version}/default/assemble`;
    const head = await get(path, 'HEAD');
    assert.deepEqual({ status: head.status, text: head.text }, { status: 200, text: '' });
    assert.equal(head.headers['content-length'], String(Buffer.byteLength(served[0]?.[1] ?? '')));
    const known = await get(path, 'GET', { 'If-None-Match': `"${version}"` });
    assert.deepEqual({ status: known.status, text: known.text }, { status: 304, text: '' });
    const any = await get(path, 'GET', { 'If-None-Match': '*' });
    assert.deepEqual({ status: any.status, text: any.text }, { status: 200, text: served[0]?.[1] });
  });

  it('serves its script for the version of another replica, not cacheable', async () => {
    const { status, headers, text } = await get('/s2i/0123456789ab/default/assemble');
    assert.deepEqual({ status, text }, { status: 200, text: served[0]?.[1] });
    assert.equal(headers['cache-control'], 'no-cache');
  });

  const absent = [
    '/',
    '/s2i',
    `/s2i/${version}`,
    `/s2i/${version}/default`,
    `/s2i/${version}/default/`,
    `/s2i/${version}/default/assemble/`,
    `/s2i/${version}/default/Assemble`,
    `/s2i/${version}/plain/run`,
    `/s2i/${version}/default/save-artifacts`,
    `/s2i/${version}/none/assemble`,
    `/s2i/${version}/toString/assemble`,
    `/s2i/${version}/__proto__/assemble`,
    `/s2i/${version}/..%2f..%2fetc/passwd`,
    `/s2i/${version}/%ff/assemble`,
    '/s2i/latest/default/assemble',
    `/s2i/${version}extra/default/assemble`,
    '/mutate',
    '/metrics',
  ];
  for (const path of absent) {
    it(`answers 404 at ${path}`, async () => {
      const { status, text } = await get(path);
      assert.deepEqual({ status, text }, { status: 404, text: 'there is no such script\n' });
    });
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`rejects ${method}`, async () => {
      const { status, headers, text } = await get(`/s2i/${version}/default/assemble`, method);
      assert.deepEqual(
        { status, text, allow: headers.allow },
        { status: 405, text: 'scripts can only be read\n', allow: 'GET, HEAD' },
      );
    });
  }
});

describe('scripts port, version', () => {
  const versionOf = (text: string) => createScriptCatalog(parseConfig(text, {}).assemble.profiles).version;
  it('changes only with the settings of the scripts', () => {
    const base = versionOf('assemble: {profiles: {a: {match: x, keep: [b]}}}');
    assert.equal(versionOf('assemble: {profiles: {a: {match: y, keep: [b], env: {A: "1"}}}}'), base);
    assert.notEqual(versionOf('assemble: {profiles: {a: {match: x, keep: [c]}}}'), base);
    assert.notEqual(versionOf('assemble: {profiles: {a: {match: x, keep: [b], scriptsDir: /opt}}}'), base);
  });
});
