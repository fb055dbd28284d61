/** Replacements of the builder images, made from Debian packages, because no image registry may be reachable. */
import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ImageStore } from '../../test/release/image-store.ts';

const run = promisify(execFile);

/** With a compiler and headers, like the stock images. */
const packages = 'ca-certificates,gcc,libc6-dev,make,python3,python3-dev,python3-venv,python3-pip';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Returns the root directory of both images; debootstrap creates it if it is not cached. */
async function bootstrap(cache: string): Promise<string> {
  const root = join(cache, 'bookworm');
  if (existsSync(root)) return root;
  const work = `${root}.${process.pid}`;
  await run('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', work]);
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) rmSync(join(work, folder), { recursive: true });
  renameSync(work, root);
  return root;
}

/** What the builder images have besides Debian packages and scripts. */
const setUps = {
  python: { command: 'python3 -m venv /opt/app-root', path: '/opt/app-root/bin:/usr/bin:/bin' },
  nodejs: { command: 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm', path: '/usr/bin:/bin' },
} as const;

/** Pushes a builder image and returns its reference by digest. */
export async function pushBaseImage(
  store: ImageStore,
  cache: string,
  registry: string,
  name: keyof typeof setUps,
): Promise<string> {
  const { command, path } = setUps[name];
  const root = await bootstrap(cache);
  const usr = join(store.folder, name);
  mkdirSync(join(usr, 'libexec/s2i'), { recursive: true });
  mkdirSync(join(usr, 'bin'));
  copyFileSync(file(`${name}-assemble.sh`), join(usr, 'libexec/s2i/assemble'));
  writeFileSync(join(usr, 'libexec/s2i/run'), '#!/bin/sh\nexec sleep infinity\n');
  copyFileSync(file('fix-permissions.sh'), join(usr, 'bin/fix-permissions'));
  if (name === 'nodejs') {
    const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
    cpSync(npm, join(usr, 'lib/node_modules/npm'), { recursive: true });
    copyFileSync(process.execPath, join(usr, 'bin/node'));
  }
  const container = await store.buildah('from', 'scratch');
  await store.buildah('add', '--quiet', container, root, '/');
  await store.buildah('add', '--quiet', '--chmod', '755', container, usr, '/usr');
  const home = '/opt/app-root/src';
  const user = `useradd -u 1001 -g 0 -d ${home} -M default; mkdir -p ${home}`;
  const permissions = 'chown -R 1001:0 /opt/app-root; chmod -R g=u /opt/app-root';
  await store.buildah('run', container, '--', 'sh', '-ec', `${user}; ${command}; ${permissions}`);
  const environment = [`HOME=${home}`, `PATH=${path}`, 'PIP_NO_CACHE_DIR=off'].flatMap((text) => ['--env', text]);
  const config = ['--workingdir', home, '--user', '1001', '--cmd', '/usr/libexec/s2i/usage', container];
  await store.buildah('config', ...environment, ...config);
  await store.buildah('commit', '--quiet', '--rm', container, name);
  return pushImage(store, name, `${registry}/${name}`);
}

/** Pushes an image and returns its reference by digest. */
export async function pushImage(store: ImageStore, image: string, repository: string): Promise<string> {
  const digestFile = join(store.folder, 'digest');
  await store.buildah('push', '--quiet', '--tls-verify=false', '--digestfile', digestFile, image, repository);
  return `${repository}@${readFileSync(digestFile, 'utf8').trim()}`;
}
