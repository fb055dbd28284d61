import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, runProgram, startProgram } from '../helpers/program.ts';
import { patchIn, send } from '../helpers/webhook.ts';

describe('the bundle alone in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-bundle-'));
  const program = join(folder, 'main.js');
  before(() => {
    const build = fileURLToPath(new URL('../../hack/build.ts', import.meta.url));
    execFileSync(process.execPath, [build, program], { stdio: 'pipe' });
    assert.deepEqual(readdirSync(folder), ['main.js']);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('runs the demo', async () => {
    const { status, stdout, stderr } = await runProgram(['demo'], { program, cwd: folder });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /build\/shop-5 {2}Incremental build: it continues from the image of shop-2\./);
  });

  it('serves, with certificates made in the folder', async (t) => {
    const child = startProgram(
      ['serve', '--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0'],
      {
        program,
        cwd: folder,
        environment: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0' },
      },
    );
    t.after(() => child.kill('SIGKILL'));
    const lines = await logUntil(child, 'listening for admission reviews');
    const url = lines.find(({ message }) => message === 'listening for admission reviews')?.['url'] as string;
    const answer = await send(url, readFileSync(join(folder, 'certs', 'ca.crt'), 'utf8'), reviewOf(exampleBuild()));
    assert.notDeepEqual(patchIn(answer.text), []);
    // Express has no table of content types here.
    const operations = lines.find(({ message }) => message === 'listening for probes and metrics')?.['url'] as string;
    const typeOf = async (path: string) => (await fetch(`${operations}${path}`)).headers.get('content-type');
    assert.deepEqual(await Promise.all(['/healthz', '/metrics', '/nothing'].map(typeOf)), [
      'text/plain; charset=utf-8',
      'text/plain; version=0.0.4; charset=utf-8',
      'application/json; charset=utf-8',
    ]);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('reads a kubeconfig, so the client is in it', async () => {
    const { status, stderr } = await runProgram(['serve', '--kubeconfig', join(folder, 'none')], {
      program,
      cwd: folder,
    });
    assert.equal(status, 2);
    assert.match(stderr, /names no cluster that can be used: ENOENT/);
  });
});
