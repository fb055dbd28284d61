/** Builder images like the stock ones, made from Debian packages, because no image registry may be reachable. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeWheels } from '../helpers/python-project.ts';
import type { ImageStore } from '../release/image-store.ts';

const head = '#!/bin/bash\nset -e\nshopt -s dotglob\necho "---> Installing application source ..."\n';

/** The differences of the images: scripts, their folder, environment, and a command to run. */
const builders = {
  python: {
    scripts: '/usr/libexec/s2i',
    assemble: `${head}mv /tmp/src/* "$HOME"
printf '[global]\\nindex-url = https://pypi.example.com/simple\\n' >> "$HOME/pip.ini"
mkdir -p .local/bin
ln -s "$HOME/.local/venvs/pipenv" .local/bin/pipenv
if [[ -f requirements.txt ]]; then pip install -r requirements.txt; fi
if [[ -f pyproject.toml ]]; then pip install .; fi
chmod -R g=u /opt/app-root
`,
    run: '#!/bin/bash\nexec python app.py\n',
    environment: {
      HOME: '/opt/app-root/src',
      PATH: '/opt/app-root/bin:/usr/bin:/bin',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: '/opt/wheels',
      PIP_NO_CACHE_DIR: '1',
    },
    command: 'python3 -m venv /opt/app-root; /opt/app-root/bin/pip install -q --no-index -f /opt/wheels base_tool',
  },
  nodejs: {
    scripts: '/usr/libexec/s2i',
    assemble: `${head}mv /tmp/src/* ./
npm config set registry https://npm.example.com/
npm install
npm run build --if-present
npm prune
rm -rf "$HOME/.npm"
chmod -R g=u /opt/app-root
`,
    run: '#!/bin/bash\nexec node app.js\n',
    environment: {
      HOME: '/opt/app-root/src',
      PATH: '/usr/bin:/bin',
      // Its cache in /tmp contains times.
      NODE_DISABLE_COMPILE_CACHE: '1',
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    command: 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm',
  },
  /** Scripts in a folder without a profile, and an unusable HOME. */
  bare: {
    scripts: '/usr/local/s2i',
    assemble: `${head}mv /tmp/src/* ./\n`,
    run: '#!/bin/bash\nexec cat app.txt\n',
    environment: { HOME: '/', PATH: '/usr/bin:/bin' },
    command: 'true',
  },
} as const;

export type Builder = keyof typeof builders;

const wheels = [
  ['flask', '1', ['werkzeug', 'click'], []],
  ['flask', '2', ['werkzeug'], []],
  ['werkzeug', '1', [], []],
  ['click', '1', ['colors'], []],
  ['colors', '1', [], []],
  ['requests', '1', ['urllib3'], []],
  ['urllib3', '1', [], []],
  ['base_tool', '1', ['colors'], []],
] as const;

/** Builds a builder image and returns its name. */
export async function buildBuilder(store: ImageStore, name: Builder): Promise<string> {
  const { scripts, assemble, run, environment, command } = builders[name];
  const folder = join(store.folder, `builder-${name}`);
  mkdirSync(join(folder, scripts), { recursive: true });
  for (const [file, text] of Object.entries({ assemble, run })) {
    writeFileSync(join(folder, scripts, file), text);
    chmodSync(join(folder, scripts, file), 0o755);
  }
  if (name === 'python') {
    mkdirSync(join(folder, 'opt/wheels'), { recursive: true });
    makeWheels(join(folder, 'opt/wheels'), wheels);
  }
  if (name === 'nodejs') {
    const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
    cpSync(npm, join(folder, 'usr/lib/node_modules/npm'), { recursive: true });
    mkdirSync(join(folder, 'usr/bin'));
    copyFileSync(process.execPath, join(folder, 'usr/bin/node'));
  }
  const container = await store.buildah('from', 'scratch');
  await store.buildah('add', '--quiet', container, `${rootFolder()}/.`, '/');
  await store.buildah('add', '--quiet', container, `${folder}/.`, '/');
  const home = '/opt/app-root/src';
  const user = `useradd -u 1001 -g 0 -d ${home} -M default; mkdir -p ${home}; echo image > ${home}/.image`;
  const permissions = 'chown -R 1001:0 /opt/app-root; chmod -R g=u /opt/app-root';
  await store.buildah('run', container, '--', 'sh', '-ec', `${user}; ${command}; ${permissions}`);
  const variables = Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
  const label = ['--label', `io.openshift.s2i.scripts-url=image://${scripts}`];
  await store.buildah('config', ...variables, ...label, '--workingdir', home, '--user', '1001', container);
  await store.buildah('commit', '--quiet', '--rm', container, `localhost/${name}`);
  return `localhost/${name}`;
}

/** Returns the folder of the image's scripts, as its label says. */
export function scriptsOf(builder: Builder): string {
  return builders[builder].scripts;
}

/** Returns the root folder of the images; debootstrap creates it if it is not cached. */
function rootFolder(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 's2i-incremental-webhook');
  const root = join(cache, 'image-test-bookworm');
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  const work = `${root}.${process.pid}`;
  execFileSync('debootstrap', ['--variant=minbase', '--include=python3,python3-venv,python3-pip', 'bookworm', work]);
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) rmSync(join(work, folder), { recursive: true });
  renameSync(work, root);
  return root;
}
