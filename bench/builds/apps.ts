/** The applications to build, and their packages, fetched once with pip and npm into a cache. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface App {
  readonly name: string;
  readonly base: 'python' | 'nodejs';
  /** The file that each commit changes, and its content. */
  readonly file: string;
  readonly program: string;
  /** Lines of requirements.txt, or dependencies of package.json. */
  readonly dependencies: readonly string[];
}

const flask = ['flask==3.1.1'];
const science = ['numpy==2.2.6', 'pandas==2.2.3', 'scipy==1.15.3', 'scikit-learn==1.6.1'];
/** Packages that each full build compiles. */
const sources = ['netifaces==0.11.0'];
const python = { base: 'python', file: 'app.py', program: "print('shop')\n" } as const;

export const apps: readonly App[] = [
  { ...python, name: 'flask', dependencies: flask },
  { ...python, name: 'science', dependencies: science },
  { ...python, name: 'netifaces', dependencies: [...flask, ...sources] },
  {
    name: 'nodejs',
    base: 'nodejs',
    file: 'server.js',
    program: "console.log('shop');\n",
    dependencies: [
      ...['express@4.21.2', 'webpack@5.99.9', 'webpack-cli@6.0.1', 'eslint@9.28.0'],
      ...['@babel/core@7.27.4', '@babel/preset-env@7.27.2', 'babel-loader@10.0.0'],
    ],
  },
];

/**
 * Returns the folder with an application's packages, as pip downloads them, or as `npm pack` names them with a lock
 * file. Packages that are not cached are fetched from the index or registry that this machine uses.
 */
export async function fetchPackages(cache: string, app: App): Promise<string> {
  const folder = join(cache, 'packages', app.name);
  if (existsSync(folder)) return folder;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  await (app.base === 'nodejs' ? fetchFromNpm(work, app) : fetchFromPyPI(work, app));
  renameSync(work, folder);
  return folder;
}

async function fetchFromPyPI(folder: string, { dependencies }: App): Promise<void> {
  const download = ['-m', 'pip', 'download', '--quiet', '--dest', folder];
  // Also the tools to build a package from source; for the Python of Debian bookworm, which the base image has.
  const wheels = ['setuptools', 'wheel', ...dependencies.filter((line) => !sources.includes(line))];
  await run('python3', [...download, '--python-version', '3.11', '--only-binary=:all:', ...wheels]);
  const fromSource = dependencies.filter((line) => sources.includes(line));
  if (fromSource.length > 0) await run('python3', [...download, '--no-deps', '--no-binary=:all:', ...fromSource]);
}

async function fetchFromNpm(folder: string, app: App): Promise<void> {
  writeFileSync(join(folder, 'package.json'), manifest(app));
  const lock = ['install', '--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved=false'];
  await run('npm', lock, { cwd: folder });
  const locked = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  const names = Object.entries(locked.packages).flatMap(([path, { version }]) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    return name === '' ? [] : [`${name}@${version}`];
  });
  const pack = ['pack', '--silent', '--ignore-scripts', ...new Set(names)];
  await run('npm', pack, { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
}

function manifest({ dependencies }: App): string {
  const versions = Object.fromEntries(
    dependencies.map((text) => /^(.+)@(.+)$/.exec(text)?.slice(1, 3) as [string, string]),
  );
  return JSON.stringify({ name: 'shop', version: '1.0.0', private: true, dependencies: versions }, undefined, 2);
}

/** The repository of an application; each commit changes a line of its program. */
export class Repository {
  readonly folder: string;
  readonly #app: App;
  #commits = 0;

  /** @param packages the folder of fetchPackages */
  constructor(folder: string, app: App, packages: string) {
    this.folder = folder;
    this.#app = app;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'templates'), { recursive: true });
    writeFileSync(join(folder, 'templates', 'index.html'), '<h1>Shop</h1>\n');
    if (app.base === 'nodejs') {
      writeFileSync(join(folder, 'package.json'), manifest(app));
      copyFileSync(join(packages, 'package-lock.json'), join(folder, 'package-lock.json'));
    } else writeFileSync(join(folder, 'requirements.txt'), app.dependencies.map((line) => `${line}\n`).join(''));
    this.#git('init', '--quiet', '--initial-branch=main');
  }

  commit(): void {
    this.#commits += 1;
    const comment = this.#app.base === 'nodejs' ? '//' : '#';
    writeFileSync(join(this.folder, this.#app.file), `${this.#app.program}${comment} commit ${this.#commits}\n`);
    this.#git('add', '--all');
    const user = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
    this.#git(...user, 'commit', '--quiet', '--message', `Commit ${this.#commits}`);
  }

  #git(...args: readonly string[]): void {
    execFileSync('git', ['-C', this.folder, ...args]);
  }
}
