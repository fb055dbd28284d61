import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Images and containers of buildah in their own folder, which is removed with the process. */
export class ImageStore {
  readonly folder = mkdtempSync(join(tmpdir(), 's2i-incremental-images-'));
  readonly environment: NodeJS.ProcessEnv = {
    ...process.env,
    BUILDAH_ISOLATION: 'chroot',
    STORAGE_DRIVER: 'vfs',
    CONTAINERS_STORAGE_CONF: join(this.folder, 'storage.conf'),
  };

  constructor() {
    writeFileSync(
      join(this.folder, 'storage.conf'),
      `[storage]\ndriver = "vfs"\ngraphroot = "${this.folder}/images"\nrunroot = "${this.folder}/run"\n`,
    );
    process.once('exit', () => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Runs buildah and returns its output. */
  buildah(...args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env: this.environment, maxBuffer: 64 * 1024 * 1024 };
      execFile('buildah', args, options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`buildah ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`));
      });
    });
  }
}

/** What this project uses of the base images: users, folders and settings, around the same Node.js and npm. */
const bases = {
  debian: {
    nodeFolder: '/usr/local',
    passwd: ['root:x:0:0:root:/root:/bin/bash', 'node:x:1000:1000::/home/node:/bin/bash'],
    owned: { '/home/node': '1000:1000', '/root': '0:0' },
    config: ['--entrypoint', '["docker-entrypoint.sh"]', '--cmd', 'node'],
    environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', NODE_VERSION: '24.21.0' },
  },
  ubi: {
    nodeFolder: '/usr',
    passwd: [
      'root:x:0:0:root:/root:/bin/bash',
      'default:x:1001:0:Default Application User:/opt/app-root/src:/sbin/nologin',
    ],
    owned: { '/opt/app-root': '1001:0', '/opt/app-root/src': '1001:0', '/root': '0:0' },
    config: [
      ...['--user', '1001', '--workingdir', '/opt/app-root/src'],
      ...['--entrypoint', '["container-entrypoint"]', '--cmd', '/usr/libexec/s2i/usage'],
      ...['--label', 'name=ubi9/nodejs-24-minimal', '--label', 'version=9.7', '--label', 'vendor=Red Hat, Inc.'],
      ...['--label', 'io.openshift.s2i.scripts-url=image:///usr/libexec/s2i', '--label', 'maintainer=somebody else'],
    ],
    environment: {
      HOME: '/opt/app-root/src',
      APP_ROOT: '/opt/app-root',
      NPM_CONFIG_PREFIX: '/opt/app-root/src/.npm-global',
      PATH: '/opt/app-root/src/.npm-global/bin:/opt/app-root/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    },
  },
} as const;

/** The base images of the Dockerfile. */
export type Base = keyof typeof bases;

/** Builds the replacement of a base image, `localhost/BASE`, because no registry may be reachable. */
export async function buildStandIn(store: ImageStore, base: Base): Promise<string> {
  const { nodeFolder, passwd, owned, config, environment } = bases[base];
  const root = join(store.folder, `root-${base}`);
  const put = (from: string, to: string) => {
    mkdirSync(dirname(root + to), { recursive: true });
    copyFileSync(from, root + to);
  };
  put(process.execPath, `${nodeFolder}/bin/node`);
  const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
  cpSync(npm, `${root}${nodeFolder}/lib/node_modules/npm`, { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', `${root}${nodeFolder}/bin/npm`);
  put('/bin/busybox', '/bin/busybox');
  const libraries = execFileSync('ldd', [process.execPath, '/bin/busybox'], { encoding: 'utf8' });
  for (const [, library = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) put(realpathSync(library), library);
  mkdirSync(`${root}/usr/bin`, { recursive: true });
  for (const name of ['sh', 'ls', 'id', 'touch', 'cat']) symlinkSync('/bin/busybox', `${root}/bin/${name}`);
  symlinkSync('/bin/busybox', `${root}/usr/bin/env`);
  for (const folder of ['/etc', '/tmp']) mkdirSync(root + folder);
  writeFileSync(`${root}/etc/passwd`, passwd.map((line) => `${line}\n`).join(''));
  writeFileSync(`${root}/etc/group`, 'root:x:0:\nnode:x:1000:\n');
  chmodSync(`${root}/tmp`, 0o1777);

  const container = await store.buildah('from', 'scratch');
  await store.buildah('add', '--quiet', container, `${root}/.`, '/');
  const empty = join(store.folder, 'empty');
  mkdirSync(empty, { recursive: true });
  for (const [folder, owner] of Object.entries(owned)) {
    await store.buildah('add', '--quiet', '--chown', owner, container, `${empty}/.`, folder);
  }
  const env = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  await store.buildah('config', ...env, ...config, container);
  await store.buildah('commit', '--quiet', '--rm', container, `localhost/${base}`);
  rmSync(root, { recursive: true });
  return `localhost/${base}`;
}

/** Builds the webhook's image on a base like docs/install.md, with the npm registry and CA of this machine. */
export function buildWebhookImage(
  store: ImageStore,
  base: string,
  image: string,
  ...more: readonly string[]
): Promise<string> {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const ca = process.env['NODE_EXTRA_CA_CERTS'] ?? '';
  return store.buildah(
    ...['build', '--layers=false', '--pull-never', '--tag', image, '--build-arg', `NODE=${base}`],
    ...['--build-arg', 'REVISION=test', '--build-arg', `NPM_CONFIG_REGISTRY=${registry}`],
    ...(ca === ''
      ? []
      : ['--volume', `${ca}:/company-ca.pem:ro`, '--build-arg', 'NODE_EXTRA_CA_CERTS=/company-ca.pem']),
    ...more,
    checkout,
  );
}
