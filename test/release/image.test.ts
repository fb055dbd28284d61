/** The image on replacements of both bases, run like OpenShift: with any uid, on a read-only root. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type JsonObject, stringAt } from '../../src/openshift/json.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil } from '../helpers/program.ts';
import { patchIn, send } from '../helpers/webhook.ts';
import { type Base, ImageStore, buildStandIn, buildWebhookImage, checkout } from './image-store.ts';

const store = new ImageStore();

let built: string | undefined;

/** Returns the SBOM of the bundle that is built here. */
function sbomHere(): string {
  if (built === undefined) execFileSync(process.execPath, ['hack/build.ts'], { cwd: checkout, stdio: 'pipe' });
  built ??= readFileSync(join(checkout, 'dist/sbom.cdx.json'), 'utf8');
  return built;
}

interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** Starts the image's command on a read-only root, with a writable folder only for certificates. */
async function startImage(image: string): Promise<{ child: ChildProcessWithoutNullStreams; root: string }> {
  const container = await store.buildah('from', '--pull-never', image);
  const root = await store.buildah('mount', container);
  const { Entrypoint, Cmd } = await configOf(image);
  const script = `set -e
    mkdir "$1/certs"
    mount --bind "$1" "$1"
    mount -o remount,ro,bind "$1"
    mount -t tmpfs -o mode=0777 certs "$1/certs"
    root=$1
    shift
    exec chroot --userspec=1000650000:0 "$root" "$@"`;
  const ports = ['--standalone', '--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0'];
  const args = ['--mount', 'sh', '-c', script, 'sh', root, ...Entrypoint, ...Cmd, ...ports];
  const environment = { PATH: '/usr/local/bin:/usr/bin:/usr/sbin:/bin', S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0s' };
  return { child: spawn('unshare', args, { env: environment }), root };
}

async function configOf(image: string): Promise<ImageConfig> {
  const inspected = JSON.parse(await store.buildah('inspect', '--type', 'image', image)) as {
    OCIv1: { config: ImageConfig };
  };
  return inspected.OCIv1.config;
}

for (const base of ['debian', 'ubi'] satisfies Base[]) {
  describe(`image on ${base}`, () => {
    const image = `localhost/webhook-${base}`;
    before(async () => buildWebhookImage(store, await buildStandIn(store, base), image));

    it('has its own labels, and none of its base image', async () => {
      const { User, WorkingDir, Labels } = await configOf(image);
      const { 'io.buildah.version': _tool, ...labels } = Labels;
      const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
      const summary = 'Lets OpenShift S2I builds continue from the previous image';
      const home = 'https://github.com/s2i-incremental/s2i-incremental-webhook';
      assert.deepEqual(
        { User, WorkingDir, labels },
        {
          User: '65532:0',
          WorkingDir: '/app',
          labels: {
            'org.opencontainers.image.title': 's2i-incremental-webhook',
            'org.opencontainers.image.description': summary,
            'org.opencontainers.image.version': version,
            'org.opencontainers.image.revision': 'test',
            'org.opencontainers.image.licenses': 'Apache-2.0',
            'org.opencontainers.image.source': home,
            'org.opencontainers.image.documentation': `${home}#readme`,
            'org.opencontainers.image.vendor': 's2i-incremental-webhook maintainers',
            name: 's2i-incremental-webhook',
            vendor: 's2i-incremental-webhook maintainers',
            maintainer: 's2i-incremental-webhook maintainers',
            version,
            release: 'test',
            summary,
            description: summary,
            'io.k8s.display-name': 's2i-incremental-webhook',
            'io.k8s.description': summary,
            'io.openshift.tags': 's2i,build,admission',
            'io.openshift.expose-services': '8443:https',
            'io.openshift.s2i.scripts-url': '',
            'io.s2i.scripts-url': '',
            usage: '',
          },
        },
      );
    });

    it('answers a review as any uid, on a read-only root', async (t) => {
      const { child, root } = await startImage(image);
      t.after(() => child.kill('SIGKILL'));
      const lines = await logUntil(child, 'listening for admission reviews');
      const url = lines.find(({ message }) => message === 'listening for admission reviews')?.['url'] as string;
      // The mounts exist only for its process.
      const ca = readFileSync(`/proc/${child.pid}/root/certs/ca.crt`, 'utf8');
      assert.notDeepEqual(patchIn((await send(url, ca, reviewOf(exampleBuild()))).text), []);
      assert.equal(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^Uid:\t(\d+)/m)?.[1], '1000650000');
      assert.throws(() => execFileSync('touch', [`/proc/${child.pid}/root/app/new`], { stdio: 'pipe' }), /Read-only/);
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      const folder = (name: string) => readFileSync(join(root, 'app', name), 'utf8');
      assert.equal(folder('LICENSE'), readFileSync(join(checkout, 'LICENSE'), 'utf8'));
    });

    it('contains the SBOM of its bundle', async () => {
      const container = await store.buildah('from', '--pull-never', image);
      const sbom = JSON.parse(await store.buildah('run', container, '--', 'cat', '/app/sbom.cdx.json')) as {
        components: readonly { name: string; version: string }[];
      };
      assert.deepEqual(sbom.components, (JSON.parse(sbomHere()) as typeof sbom).components);
    });
  });
}

describe('scripts image, as the cluster builds it', () => {
  it('contains only the scripts of each profile', async () => {
    const objects = parseAllDocuments(readFileSync(join(checkout, 'deploy/openshift/build.yaml'), 'utf8')).map(
      (document) => document.toJSON() as JsonObject,
    );
    const buildConfig = objects.find((object) => stringAt(object, 'spec', 'source', 'type') === 'Dockerfile');
    const configuration = objects.find(({ kind }) => kind === 'ConfigMap');
    // OpenShift copies files of the webhook's image and of the ConfigMap into the context.
    const context = join(store.folder, 'scripts');
    const root = await store.buildah('mount', await store.buildah('from', '--pull-never', 'localhost/webhook-debian'));
    cpSync(join(root, 'app'), join(context, 'app'), { recursive: true });
    writeFileSync(join(context, 'config.yaml'), stringAt(configuration, 'data', 'config.yaml') ?? '');
    const dockerfile = stringAt(buildConfig, 'spec', 'source', 'dockerfile') ?? '';
    writeFileSync(join(context, 'Dockerfile'), dockerfile.replace(/^FROM \S+ AS/, 'FROM localhost/debian AS'));
    await store.buildah('build', '--layers=false', '--pull-never', '--tag', 'scripts', context);
    const image = await store.buildah('mount', await store.buildah('from', '--pull-never', 'localhost/scripts'));
    const files = readdirSync(image, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

    const out = join(store.folder, 'expected');
    execFileSync(process.execPath, ['src/main.ts', 'scripts', '--out', out], { cwd: checkout, stdio: 'pipe' });
    const expected = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const pathsIn = (folder: string, found: typeof files) =>
      found.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length)).sort();
    assert.deepEqual(pathsIn(image, files), pathsIn(out, expected));
    assert.ok(pathsIn(image, files).includes('/s2i/python/assemble'));
    for (const path of pathsIn(image, files)) assert.deepEqual(readFileSync(image + path), readFileSync(out + path));
  });
});

after(() => store.buildah('rm', '--all'));
