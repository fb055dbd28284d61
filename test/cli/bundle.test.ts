import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Sbom, createSbom } from '../../hack/sbom.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, runProgram, startProgram } from '../helpers/program.ts';
import { patchIn, send } from '../helpers/webhook.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = join(root, 'hack', 'build.ts');

describe('bundle in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-bundle-'));
  const program = join(folder, 'main.js');
  before(() => {
    execFileSync(process.execPath, [build, program], { stdio: 'pipe' });
    assert.deepEqual(readdirSync(folder), ['main.js']);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is ASCII, of which V8 keeps one byte for each character, and two of any other text', () => {
    assert.deepEqual(readFileSync(program, 'utf8').match(/.{0,40}\P{ASCII}.{0,40}/gu), null);
  });

  it('runs the demo', async () => {
    const { status, stdout, stderr } = await runProgram(['demo'], { program, cwd: folder });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /build\/shop-5 {2}Incremental build: it continues from the image of shop-2\./);
  });

  it('serves with certificates created in the folder', async (t) => {
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
    // The bundle leaves out express's table of content types.
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

  it('contains the client, which reads a kubeconfig', async () => {
    const { status, stderr } = await runProgram(['serve', '--kubeconfig', join(folder, 'none')], {
      program,
      cwd: folder,
    });
    assert.equal(status, 2);
    assert.match(stderr, /names no cluster that can be used: ENOENT/);
  });
});

it('bundle is the same if node_modules is a link', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-link-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['hack', 'src', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const bundleOf = (script: string) => {
    execFileSync(process.execPath, [script, join(folder, 'main.js')], { stdio: 'pipe' });
    return readFileSync(join(folder, 'main.js'), 'utf8');
  };
  assert.ok(bundleOf(join(folder, 'hack', 'build.ts')) === bundleOf(build));
});

describe('SBOM of the bundle', () => {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const packages = [`yaml@${dependencies['yaml']}`, `zod@${dependencies['zod']}`];

  it('has the packages of the bundle and their hashes, reproducibly', () => {
    const text = createSbom(root, packages);
    const sbom = JSON.parse(text) as Sbom;
    assert.equal(sbom.metadata.component.name, 's2i-incremental-webhook');
    assert.deepEqual(
      sbom.components.map(({ name, version, hashes = [] }) => [`${name}@${version}`, hashes.map(({ alg }) => alg)]),
      packages.map((name) => [name, ['SHA-512']]),
    );
    assert.deepEqual(sbom.dependencies, [
      { ref: `s2i-incremental-webhook@${version}`, dependsOn: packages },
      ...packages.map((ref) => ({ ref, dependsOn: [] })),
    ]);
    assert.equal(createSbom(root, packages), text);
  });

  it('is rejected if the lock file lacks a package of the bundle', () => {
    assert.throws(() => createSbom(root, [...packages, 'yaml@0.0.1']), /package-lock.json does not: yaml@0\.0\.1$/);
  });
});
