/** Builds like OpenShift: the real S2I writes the Dockerfile, buildah builds it as one more layer. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Tree, writeTree } from '../helpers/file-tree.ts';
import { type ImageStore, checkout } from '../release/image-store.ts';

const root = { uid: 0, gid: 0 };

export interface S2iBuild {
  readonly from: string;
  readonly source: Tree;
  /** `sourceStrategy.scripts`; absent: none. A path in the source stands for the folder of an image source. */
  readonly scripts?: string;
  /** The folder of the builder image's scripts. */
  readonly imageScripts?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A Secret among the inputs: its files, and their destination. */
  readonly secret?: { readonly files: Tree; readonly at: string };
}

export interface S2iResult {
  readonly status: 'built' | 'no scripts' | 'failed';
  readonly log: string;
}

/** Builds the image `localhost/NAME` and returns the result. */
export async function s2iBuild(store: ImageStore, name: string, build: S2iBuild): Promise<S2iResult> {
  const s2i = execFileSync(join(checkout, 'hack/s2i.sh'), { encoding: 'utf8' }).trim();
  const folder = join(store.folder, `build-${name}`);
  const [source, context, secret] = ['source', 'context', 'secret'].map((part) => join(folder, part)) as [
    string,
    string,
    string,
  ];
  for (const each of [source, context, secret]) mkdirSync(each, { recursive: true });
  writeTree(source, build.source, root);
  writeTree(secret, build.secret?.files ?? {}, root);
  // Without overlayfs, storage detects changes by size and time; the files of a checkout have the time of their build.
  execFileSync('find', [source, '-exec', 'touch', '-h', '-d', new Date().toISOString(), '{}', '+']);
  const scripts = build.scripts?.replace(/^source:/, `file://${source}/`);
  const { status, log } = await run(store, s2i, [
    ...['build', source, build.from, `localhost/${name}`, '--copy', '--keep-symlinks', '--exclude', ''],
    ...['--application-name', 'web'],
    ...['--as-dockerfile', join(context, 'Dockerfile')],
    ...['--image-scripts-url', `image://${build.imageScripts ?? '/usr/libexec/s2i'}`],
    ...(scripts === undefined ? [] : ['--scripts-url', scripts]),
    ...Object.entries(build.env ?? {}).flatMap(([variable, value]) => ['-e', `${variable}=${value}`]),
    ...(build.secret === undefined ? [] : ['--inject', `${secret}:${build.secret.at}`]),
  ]);
  if (status !== 0) {
    rmSync(folder, { recursive: true });
    return { status: 'no scripts', log };
  }
  const options = [
    '--layers=false',
    '--pull-never',
    '--tag',
    `localhost/${name}`,
    '--file',
    join(context, 'Dockerfile'),
    context,
  ];
  const built = await run(store, 'buildah', ['build', ...options]);
  rmSync(folder, { recursive: true });
  return { status: built.status === 0 ? 'built' : 'failed', log: log + built.log };
}

function run(store: ImageStore, program: string, args: readonly string[]): Promise<{ status: number; log: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { env: store.environment, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : 1, log: `${stdout}${stderr}` });
    });
  });
}

/** The content of an image. */
export interface ImageContent {
  readonly files: Readonly<Record<string, string>>;
  readonly env: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly layers: number;
}

interface CertificateInfo {
  readonly OCIv1: {
    readonly config: {
      Env: string[];
      Cmd?: string[];
      Labels: Record<string, string>;
      User: string;
      WorkingDir: string;
    };
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
}

/** Reads an image: each path with type, mode, owner and content. */
export async function readImage(store: ImageStore, name: string): Promise<ImageContent> {
  const { config, rootfs } = (JSON.parse(await store.buildah('inspect', '--type', 'image', name)) as CertificateInfo)
    .OCIv1;
  const container = await store.buildah('from', '--pull-never', name);
  const files = readFolder(await store.buildah('mount', container), '');
  await store.buildah('rm', container);
  return {
    files,
    env: config.Env,
    command: config.Cmd ?? [],
    labels: config.Labels,
    user: config.User,
    workingDir: config.WorkingDir,
    layers: rootfs.diff_ids.length,
  };
}

function readFolder(folder: string, path: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, path))) {
    const at = `${path}/${name}`;
    const stat = lstatSync(join(folder, at));
    const what = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
    if (stat.isSymbolicLink()) found[at] = `link ${what} ${readlinkSync(join(folder, at))}`;
    else if (stat.isDirectory()) Object.assign(found, { [at]: `directory ${what}` }, readFolder(folder, at));
    // Compiled Python files contain the time of their source.
    else if (!stat.isFile() || at.endsWith('.pyc')) found[at] = `file ${what}`;
    else
      found[at] = `file ${what} ${createHash('sha256')
        .update(readFileSync(join(folder, at)))
        .digest('hex')}`;
  }
  return found;
}

/** Runs an image like OpenShift, as an arbitrary user of group 0, and returns its output. */
export async function runImage(store: ImageStore, name: string): Promise<string> {
  const { command } = await readImage(store, name);
  const container = await store.buildah('from', '--pull-never', name);
  // Into a file: without namespaces, output of a short command can be lost.
  const inFile = ['/bin/sh', '-c', '"$@" > /tmp/output 2>&1', 'sh', ...command];
  await store.buildah('run', '--user', '1000650000:0', container, '--', ...inFile);
  const output = readFileSync(join(await store.buildah('mount', container), 'tmp/output'), 'utf8');
  await store.buildah('rm', container);
  return output.trim();
}
