/** hack/release.ts in a copy of the checkout: what it rejects, writes and pushes. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import { at } from '../../src/openshift/json.ts';
import { helm, tools } from '../chart/helm.ts';
import { type DockerRegistry, startDockerRegistry } from '../registry/docker-registry.ts';
import { ImageStore, buildStandIn, checkout } from './image-store.ts';

const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-release-test-'));
const copy = join(folder, 'checkout');
const origin = join(folder, 'origin.git');
const gnupg = join(folder, 'gnupg');
const store = new ImageStore();
const name = 's2i-incremental-webhook';
/** How the output of `demo` ends. */
const demoEnd = 'The developer only set and removed one label.';
const environment = {
  ...store.environment,
  PATH: `${tools}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  GNUPGHOME: gnupg,
  // Where buildah, skopeo and helm look for CAs.
  SSL_CERT_FILE: join(folder, 'ca.crt'),
  HELM_CONFIG_HOME: join(folder, 'helm'),
};
let registry: DockerRegistry;
let base: string;

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd: copy, env: environment, encoding: 'utf8', stdio: 'pipe' }).trim();
}

async function repositories(): Promise<unknown> {
  const { text } = await registry.request('/v2/_catalog', '', { method: 'GET' });
  return at(JSON.parse(text), 'repositories');
}

function release(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['hack/release.ts', ...args], {
    cwd: copy,
    env: environment,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Pushes a base image of two architectures; returns it by the digest of its list. */
async function pushBase(): Promise<string> {
  await buildStandIn(store, 'debian');
  const other = await store.buildah('from', '--arch', 'arm64', 'scratch');
  await store.buildah('config', '--arch', 'arm64', other);
  await store.buildah('commit', '--quiet', '--rm', other, 'localhost/debian-arm64');
  await store.buildah('manifest', 'create', 'localhost/base', 'localhost/debian', 'localhost/debian-arm64');
  const target = `${registry.host}/library/node`;
  run('buildah', 'manifest', 'push', '--all', 'localhost/base', `docker://${target}:24`);
  return `${target}@${run('skopeo', 'inspect', '--format', '{{.Digest}}', `docker://${target}:24`)}`;
}

before(async () => {
  // The current files, committed or not, without ignored ones.
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
  });
  for (const file of files
    .toString()
    .split('\0')
    .filter((file) => file !== '')) {
    cpSync(join(checkout, file), join(copy, file));
  }
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(gnupg, { mode: 0o700 });
  run('gpg', '--batch', '--passphrase', '', '--quick-generate-key', 'release@example.com', 'rsa2048', 'sign', 'never');
  run('git', 'init', '--quiet', '--bare', origin);
  run('git', 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(copy, '.git', 'info', 'exclude'), 'node_modules\n');
  for (const [setting, value] of [
    ['user.name', 'Release'],
    ['user.email', 'release@example.com'],
    ['user.signingKey', 'release@example.com'],
  ] as const) {
    run('git', 'config', setting, value);
  }
  run('git', 'remote', 'add', 'origin', origin);
  run('git', 'add', '--all');
  run('git', 'commit', '--quiet', '--message', 'All there is');
  const { ca = '', ...certificate } = await createDevelopmentCertificate(['127.0.0.1', 'localhost'], Date.now());
  writeFileSync(environment.SSL_CERT_FILE, ca);
  registry = await startDockerRegistry(ca, { certificate });
  base = await pushBase();
});
after(async () => {
  await registry.remove();
  spawnSync('gpgconf', ['--homedir', gnupg, '--kill', 'gpg-agent']);
  rmSync(folder, { recursive: true, force: true });
});

describe('hack/release.ts rejects', () => {
  const refusal = (stderr: string) => ({ status: 1, stdout: '', stderr: `release: ${stderr}\n` });

  it('an invalid version', () => {
    assert.deepEqual(release('v1'), refusal('usage: node hack/release.ts VERSION, as in 0.2.0'));
  });

  it('a work tree with changes', (t) => {
    writeFileSync(join(copy, 'new-file'), '');
    t.after(() => rmSync(join(copy, 'new-file')));
    assert.deepEqual(release('9.8.7'), refusal('the work tree has changes: commit or remove them'));
  });

  it('a version that was released', (t) => {
    run('git', 'tag', 'v9.8.7');
    t.after(() => run('git', 'tag', '--delete', 'v9.8.7'));
    assert.deepEqual(release('9.8.7'), refusal('the tag v9.8.7 exists'));
  });

  it('an existing output folder', (t) => {
    const out = mkdtempSync(join(folder, 'there-'));
    t.after(() => rmSync(out, { recursive: true }));
    assert.deepEqual(
      release('9.8.7', '--out', out),
      refusal(`${out} exists: remove it, or name another folder with --out`),
    );
  });
});

describe('hack/release.ts, release', () => {
  const version = '9.8.7';
  const out = join(folder, 'out');
  const path = (file: string) => join(out, file);
  let printed: string;

  before(() => {
    const { status, stdout, stderr } = release(version, '--out', out, '--base', base, '--plugins', 'linux-x64');
    assert.equal(status, 0, stderr);
    printed = stdout;
  });

  it('is a commit and a signed tag, and is not pushed', async () => {
    assert.match(printed, /\nnothing was pushed: --push REGISTRY does that\n$/);
    assert.equal(run('git', '-C', origin, 'for-each-ref'), '');
    assert.deepEqual(await repositories(), ['library/node']);
    run('git', 'tag', '--verify', `v${version}`);
    assert.equal(run('git', 'log', '-1', '--format=%s', `v${version}`), `Release ${version}`);
    assert.equal(run('git', 'status', '--porcelain'), '');
  });

  it('has its version everywhere', () => {
    const { version: old } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
    const found = spawnSync(
      'git',
      ['grep', '-nF', old, '--', 'Dockerfile', 'package.json', 'charts', 'deploy', 'docs'],
      {
        cwd: copy,
        encoding: 'utf8',
      },
    );
    assert.equal(found.stdout, '');
    const changelog = readFileSync(join(copy, 'CHANGELOG.md'), 'utf8');
    assert.match(changelog, new RegExp(`^## Unreleased\\n\\n## ${version} \\(\\d{4}-\\d\\d-\\d\\d\\)\\n\\n`, 'm'));
    const golden = readFileSync(join(copy, 'test/chart/golden/openshift.yaml.golden'), 'utf8');
    assert.ok(golden.includes(`helm.sh/chart: ${name}-${version}\n`));
  });

  it('has these files, with their checksums, signed', () => {
    assert.deepEqual(
      readdirSync(out).sort(),
      [
        'SHA256SUMS',
        'SHA256SUMS.asc',
        `kubectl-s2i_incremental-${version}-linux-x64.tar.gz`,
        `s2i-incremental-${version}.tar.gz`,
        `${name}-${version}-linux-amd64.oci.tar`,
        `${name}-${version}-linux-arm64.oci.tar`,
        `${name}-${version}.cdx.json`,
        `${name}-${version}.tgz`,
        `${name}-${version}.tgz.prov`,
        `${name}.gpg`,
        's2i-incremental.krew.yaml',
      ].sort(),
    );
    run('gpg', '--verify', path('SHA256SUMS.asc'), path('SHA256SUMS'));
    const checked = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' });
    assert.equal(checked.trim().split('\n').length, readdirSync(out).length - 2);
  });

  it('has a chart that helm verifies, and rejects if changed', async () => {
    const [chart, keyring] = [path(`${name}-${version}.tgz`), path(`${name}.gpg`)];
    const verified = await helm(['verify', chart, '--keyring', keyring]);
    assert.match(verified.stdout, /^Signed by: release@example\.com\n/, verified.stderr);
    const other = mkdtempSync(join(folder, 'tampered-'));
    for (const suffix of ['', '.prov']) cpSync(chart + suffix, join(other, `${name}-${version}.tgz${suffix}`));
    writeFileSync(join(other, `${name}-${version}.tgz`), readFileSync(chart).subarray(0, -1));
    const refused = await helm(['verify', join(other, `${name}-${version}.tgz`), '--keyring', keyring]);
    assert.match(refused.stderr, /sha256 sum does not match/);

    const set = ['--set', 'image.repository=registry.example.com/webhook'];
    const { stdout } = await helm(['template', name, chart, '--kube-version', '1.34.0', ...set]);
    assert.match(stdout, new RegExp(`image: "registry\\.example\\.com/webhook:${version}"`));
  });

  it('has images of two architectures in archives', () => {
    for (const architecture of ['amd64', 'arm64']) {
      const archive = `oci-archive:${path(`${name}-${version}-linux-${architecture}.oci.tar`)}`;
      const { config, architecture: found } = JSON.parse(run('skopeo', 'inspect', '--config', archive)) as {
        architecture: string;
        config: { Labels: Record<string, string>; User: string };
      };
      assert.deepEqual(
        [found, config.User, config.Labels['org.opencontainers.image.version']],
        [architecture, '65532:0', version],
      );
      assert.equal(config.Labels['org.opencontainers.image.revision'], run('git', 'rev-list', '-1', `v${version}`));
    }
  });

  it('has a plugin that runs in an empty folder without Node.js', () => {
    const empty = mkdtempSync(join(folder, 'desk-'));
    run('tar', '-xzf', path(`kubectl-s2i_incremental-${version}-linux-x64.tar.gz`), '-C', empty);
    assert.deepEqual(readdirSync(empty).sort(), ['LICENSE', 'kubectl-s2i_incremental']);
    const desk = (...args: readonly string[]) =>
      execFileSync(join(empty, 'kubectl-s2i_incremental'), args, { cwd: empty, env: {}, encoding: 'utf8' });
    assert.match(desk('--help'), /^Usage: kubectl s2i-incremental <command>/);
    assert.ok(desk('demo').endsWith(`${demoEnd}\n`));
  });

  it('has a program that runs with Node.js', () => {
    const empty = mkdtempSync(join(folder, 'program-'));
    run('tar', '-xzf', path(`s2i-incremental-${version}.tar.gz`), '-C', empty);
    assert.deepEqual(readdirSync(empty).sort(), [
      'LICENSE',
      'main.js',
      'main.js.LEGAL.txt',
      'package.json',
      'sbom.cdx.json',
    ]);
    assert.ok(run(process.execPath, join(empty, 'main.js'), 'demo').endsWith(demoEnd));
    assert.deepEqual(readFileSync(join(empty, 'sbom.cdx.json')), readFileSync(path(`${name}-${version}.cdx.json`)));
  });

  it('has a manifest for krew with the checksum of its plugin', () => {
    const manifest: unknown = parse(readFileSync(path('s2i-incremental.krew.yaml'), 'utf8'));
    const archive = `kubectl-s2i_incremental-${version}-linux-x64.tar.gz`;
    assert.equal(at(manifest, 'metadata', 'name'), 's2i-incremental');
    assert.equal(at(manifest, 'spec', 'version'), `v${version}`);
    assert.deepEqual(at(manifest, 'spec', 'platforms'), [
      {
        selector: { matchLabels: { os: 'linux', arch: 'amd64' } },
        uri: `https://github.com/s2i-incremental/s2i-incremental-webhook/releases/download/v${version}/${archive}`,
        sha256: run('sha256sum', path(archive)).split(' ')[0],
        bin: 'kubectl-s2i_incremental',
      },
    ]);
  });

  it('is rejected until the changelog has something unreleased', () => {
    const { status, stderr } = release('9.8.8');
    assert.equal(status, 1);
    assert.match(stderr, /CHANGELOG\.md has nothing under "## Unreleased"/);
    assert.equal(run('git', 'status', '--porcelain'), '');
  });
});

describe('hack/release.ts, release with --push', () => {
  const version = '9.9.0';
  const out = join(folder, 'out-pushed');
  let team: string;
  let digest: string;

  before(() => {
    team = `${registry.host}/team`;
    const changelog = join(copy, 'CHANGELOG.md');
    writeFileSync(changelog, readFileSync(changelog, 'utf8').replace('## Unreleased\n', '## Unreleased\n\n- More.\n'));
    run('git', 'commit', '--quiet', '--all', '--message', 'More');
    const { status, stderr } = release(version, '--out', out, '--base', base, '--plugins', '', '--push', team);
    assert.equal(status, 0, stderr);
    digest = readFileSync(join(out, 'image-digest.txt'), 'utf8').trim();
  });

  it('pushes an image of two architectures, which can be pulled by digest', () => {
    const image = `docker://${team}/${name}`;
    const raw = run('skopeo', 'inspect', '--raw', `${image}@${digest}`);
    const { manifests } = JSON.parse(raw) as { manifests: { platform: { architecture: string; os: string } }[] };
    assert.deepEqual(
      manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`),
      ['linux/amd64', 'linux/arm64'],
    );
    assert.equal(run('skopeo', 'inspect', '--raw', `${image}:${version}`), raw);
    for (const architecture of ['amd64', 'arm64']) {
      const pulled = `${team}/${name}@${digest}`;
      run('buildah', 'pull', '--quiet', '--arch', architecture, pulled);
      const { OCIv1 } = JSON.parse(run('buildah', 'inspect', '--type', 'image', pulled)) as {
        OCIv1: { architecture: string };
      };
      assert.equal(OCIv1.architecture, architecture);
    }
  });

  it('pushes the chart, and branch and tag to origin', async () => {
    assert.deepEqual(await repositories(), ['library/node', `team/charts/${name}`, `team/${name}`]);
    assert.equal(
      run('git', '-C', origin, 'for-each-ref', '--format=%(refname)'),
      `refs/heads/main\nrefs/tags/v${version}`,
    );
    assert.equal(run('git', '-C', origin, 'rev-parse', 'main'), run('git', 'rev-parse', 'HEAD'));
  });
});
