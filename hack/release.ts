/**
 * Makes a release: sets the version, moves the changelog, and writes everything to publish into a folder. Without
 * --push, nothing leaves this machine.
 *   node hack/release.ts VERSION [--out DIR] [--key NAME] [--base IMAGE] [--plugins PLATFORM,…] [--push REGISTRY]
 * --out      default dist/release
 * --key      GPG key that signs the tag, the chart and the checksums; default: git's user.signingKey
 * --base     base image instead of the Dockerfile's
 * --plugins  platforms of the plugin; default linux-x64,linux-arm64,win-x64. Those in dist/plugins, as from another
 *            machine, are included.
 * --push     pushes the image to REGISTRY/s2i-incremental-webhook, the chart to REGISTRY/charts, and branch and tag to
 *            origin
 * Needs git, gpg, helm, buildah, skopeo and npm. If it fails half way, there is a commit but no tag: `git reset --hard
 * HEAD~1`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { krewManifest } from './krew-manifest.ts';
import { buildPlugins } from './plugin.ts';
import { releaseChangelog, setVersion } from './versions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = 's2i-incremental-webhook';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: join(root, 'dist', 'release') },
    key: { type: 'string' },
    base: { type: 'string' },
    plugins: { type: 'string', default: 'linux-x64,linux-arm64,win-x64' },
    push: { type: 'string' },
  },
});
const [version = ''] = positionals;
const out = resolve(values.out);

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function refuse(reason: string): never {
  console.error(`release: ${reason}`);
  process.exit(1);
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

// --- conditions, before anything is changed ---

if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)) refuse('usage: node hack/release.ts VERSION, as in 0.2.0');
if (run('git', 'status', '--porcelain') !== '') refuse('the work tree has changes: commit or remove them');
if (run('git', 'tag', '--list', `v${version}`) !== '') refuse(`the tag v${version} exists`);
if (existsSync(out)) refuse(`${out} exists: remove it, or name another folder with --out`);
const key = values.key ?? run('git', 'config', '--default', '', 'user.signingKey');
if (key === '') refuse('no key to sign with: name one with --key, or set user.signingKey of git');
const changelog = join(root, 'CHANGELOG.md');
const today = new Date().toISOString().slice(0, 10);
const newChangelog = releaseChangelog(readFileSync(changelog, 'utf8'), version, today);
const branch = run('git', 'symbolic-ref', '--short', 'HEAD');

// --- the commit ---

writeFileSync(changelog, newChangelog);
setVersion(root, version);
run('git', 'commit', '--quiet', '--all', '--message', `Release ${version}`);
const revision = run('git', 'rev-parse', 'HEAD');
const seconds = run('git', 'log', '-1', '--format=%ct');
console.log(`committed ${revision}`);

// --- program, SBOM, plugins ---

mkdirSync(out, { recursive: true });
run(process.execPath, 'hack/build.ts');
const program = ['main.js', 'main.js.LEGAL.txt', 'package.json', 'sbom.cdx.json'];
const whole = [`--mtime=@${seconds}`, '--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
run(
  'tar',
  '-czf',
  join(out, `s2i-incremental-${version}.tar.gz`),
  ...whole,
  '-C',
  'dist',
  ...program,
  '-C',
  root,
  'LICENSE',
);
cpSync(join(root, 'dist', 'sbom.cdx.json'), join(out, `${name}-${version}.cdx.json`));

await buildPlugins(values.plugins.split(',').filter((platform) => platform !== ''));
mkdirSync(join(root, 'dist', 'plugins'), { recursive: true });
const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: { url: string } };
const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
const archives = readdirSync(join(root, 'dist', 'plugins')).map((platform) => {
  const archive = join(out, `kubectl-s2i_incremental-${version}-${platform}.tar.gz`);
  const folder = join(root, 'dist', 'plugins', platform);
  run('tar', '-czf', archive, ...whole, '-C', folder, ...readdirSync(folder), '-C', root, 'LICENSE');
  return { platform, url: `${home}/releases/download/v${version}/${basename(archive)}`, sha256: sha256(archive) };
});
writeFileSync(join(out, 's2i-incremental.krew.yaml'), krewManifest(version, home, archives));
console.log(`made the plugins of ${archives.map(({ platform }) => platform).join(', ')}`);

// --- chart ---

const work = mkdtempSync(join(tmpdir(), 's2i-incremental-release-'));
try {
  // helm reads the key itself, and only in GPG's old format.
  const keyring = join(work, 'keyring');
  run('gpg', '--batch', '--output', keyring, '--export-secret-keys', key);
  run('helm', 'package', `charts/${name}`, '--destination', out, '--sign', '--key', key, '--keyring', keyring);
} finally {
  rmSync(work, { recursive: true, force: true });
}
run('gpg', '--batch', '--output', join(out, `${name}.gpg`), '--export', key);

// --- images: the Dockerfile's last stage runs nothing, so one machine builds them for every architecture ---

const context = join(root, 'dist', 'image-context');
rmSync(context, { recursive: true, force: true });
mkdirSync(join(context, 'build', 'dist'), { recursive: true });
for (const file of program) cpSync(join(root, 'dist', file), join(context, 'build', 'dist', file));
const list = `localhost/${name}:${version}`;
if (run('buildah', 'images', '--quiet', '--filter', `reference=${list}`) !== '') run('buildah', 'rmi', '--force', list);
for (const architecture of ['amd64', 'arm64']) {
  const image = `${list}-${architecture}`;
  const base = values.base === undefined ? [] : ['--build-arg', `NODE=${values.base}`];
  run(
    ...(['buildah', 'build', '--platform', `linux/${architecture}`, '--timestamp', seconds, '--layers=false'] as const),
    ...[...base, '--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`],
    ...['--build-context', `build=${context}`, '--manifest', list, '--tag', image, '.'],
  );
  run(
    'buildah',
    'push',
    image,
    `oci-archive:${join(out, `${name}-${version}-linux-${architecture}.oci.tar`)}:${version}`,
  );
}
console.log(`made the images of amd64 and arm64, ${list}`);

// --- checksums, tag ---

const files = readdirSync(out).sort();
writeFileSync(join(out, 'SHA256SUMS'), files.map((file) => `${sha256(join(out, file))}  ${file}\n`).join(''));
run('gpg', '--batch', '--local-user', key, '--armor', '--detach-sign', join(out, 'SHA256SUMS'));
run('git', 'tag', '--sign', '--local-user', key, '--message', `${name} ${version}`, `v${version}`);
console.log(`signed the tag v${version}; all files are in ${out}`);

// --- push ---

if (values.push === undefined) {
  console.log('nothing was pushed: --push REGISTRY does that');
} else {
  const image = `${values.push}/${name}:${version}`;
  run('buildah', 'manifest', 'push', '--all', list, `docker://${image}`);
  const digest = run('skopeo', 'inspect', '--format', '{{.Digest}}', `docker://${image}`);
  writeFileSync(join(out, 'image-digest.txt'), `${digest}\n`);
  run('helm', 'push', join(out, `${name}-${version}.tgz`), `oci://${values.push}/charts`);
  run('git', 'push', '--atomic', 'origin', `HEAD:refs/heads/${branch}`, `v${version}`);
  console.log(`pushed ${image}@${digest}, the chart, ${branch} and v${version}`);
}
