// A place to run the real wrapper scripts in: a $HOME, a source, an image's own scripts, and a world outside of $HOME that
// no build may touch. The wrapper finds on its PATH the tools that it may count on, and nothing else.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderAssemble, renderRun } from '../../src/assemble/render.ts';
import { type Entry, type Listing, type Owner, type Tree, directory, file, readTree, writeTree } from './file-tree.ts';

export interface Shell {
  name: string;
  file: string;
  argv0?: string;
  args: string[];
  /** Where the tools come from: one binary for all, else one each. */
  multiCall?: string;
}

/** What /bin/sh is in one or another builder image, and bash by its own name. */
export const shells: readonly [Shell, ...Shell[]] = [
  { name: 'bash', file: findProgram('bash'), args: [] },
  { name: 'bash as sh', file: findProgram('bash'), argv0: 'sh', args: [] },
  { name: 'dash', file: findProgram('dash'), args: [] },
  { name: 'busybox sh', file: findProgram('busybox'), args: ['sh'], multiCall: findProgram('busybox') },
];

export const isRoot = process.getuid?.() === 0;

/** The user of the usual builder image. Only root can become somebody else: otherwise it is whoever runs the tests. */
export const builder: Owner = isRoot
  ? { uid: 1001, gid: 0 }
  : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };

export interface Result {
  /** The exit code; null if a signal ended the process itself. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Start {
  args?: string[];
  stdin?: string;
  /** Where it is started; $HOME if absent. */
  cwd?: string;
  /** Added to HOME and PATH; undefined takes one away. */
  env?: Record<string, string | undefined>;
  owner?: Owner;
}

/** Where the tests clean up: a test's context. */
export interface Scope {
  after(clean: () => void): void;
}

/** The only programs besides the shell that an image must have for the wrapper. */
const tools = ['cat', 'chmod', 'cp', 'date', 'id', 'mkdir', 'rm', 'sha256sum', 'tr'];

export class Lab {
  readonly root = mkdtempSync(join(tmpdir(), 'assemble-'));
  readonly home = join(this.root, 'home');
  readonly source = join(this.root, 'source');
  readonly scripts = join(this.root, 'scripts');
  readonly outside = join(this.root, 'outside');
  readonly delivered = join(this.root, 'delivered');
  readonly tools = join(this.root, 'tools');
  readonly shell: Shell;
  readonly owner: Owner;

  constructor(scope: Scope, shell: Shell, owner: Owner = builder) {
    this.shell = shell;
    this.owner = owner;
    scope.after(() => rmSync(this.root, { recursive: true, force: true }));
    chmodSync(this.root, 0o755);
    for (const path of [this.root, this.home, this.source, this.scripts, this.outside, this.delivered, this.tools]) {
      mkdirSync(path, { recursive: true });
      chownSync(path, owner.uid, owner.gid);
    }
    chmodSync(this.home, 0o775);
    writeTree(this.outside, { 'precious.txt': 'precious', folder: directory({ 'inner.txt': 'inner' }, 0o555) }, owner);
    for (const tool of tools) {
      symlinkSync(shell.multiCall ?? findProgram(tool), join(this.tools, tool));
    }
  }

  /** Gives the image its own assemble. */
  installAssemble(text: string): void {
    writeScript(join(this.scripts, 'assemble'), text);
  }

  /** Gives the image its own run. */
  installRun(text: string): void {
    writeScript(join(this.scripts, 'run'), text);
  }

  putSource(tree: Tree): void {
    writeTree(this.source, tree, this.owner);
  }

  /** The next build's source goes into a fresh image layer, if assemble has left nothing of the last one. */
  emptySource(): void {
    rmSync(this.source, { recursive: true });
    mkdirSync(this.source);
    chownSync(this.source, this.owner.uid, this.owner.gid);
  }

  putHome(tree: Tree): void {
    writeTree(this.home, tree, this.owner);
  }

  /** The wrapper's text as the webhook delivers it here. */
  wrapper(clean: string[] = []): string {
    return renderAssemble({ version: 'v1', profile: 'test', scriptsDir: this.scripts, sourceDir: this.source, clean });
  }

  /** The text of the wrapper's run as the webhook delivers it here. */
  wrapperRun(): string {
    return renderRun({ scriptsDir: this.scripts });
  }

  /** A build of the source that has been put: runs the wrapper. */
  build(start: Start & { clean?: string[] } = {}): Result {
    const script = join(this.delivered, 'assemble');
    writeScript(script, this.wrapper(start.clean));
    return this.#runByShell(script, start);
  }

  /** A build as it is without the wrapper. */
  buildUnwrapped(start: Start = {}): Result {
    return this.#run(join(this.scripts, 'assemble'), [], start);
  }

  /** Starts the image that was built, with the wrapper's run. */
  run(start: Start = {}): Result {
    const script = join(this.delivered, 'run');
    writeScript(script, this.wrapperRun());
    return this.#runByShell(script, start);
  }

  readHome(): Listing {
    return readTree(this.home);
  }

  readAll(): Listing {
    return readTree(this.root);
  }

  #runByShell(script: string, start: Start): Result {
    const { file, args, argv0 } = this.shell;
    return this.#run(file, [...args, script], start, argv0);
  }

  #run(file: string, args: string[], start: Start, argv0?: string): Result {
    const { uid, gid } = start.owner ?? this.owner;
    const before = readTree(this.outside);
    const { status, stdout, stderr, error } = spawnSync(file, [...args, ...(start.args ?? [])], {
      ...(argv0 === undefined ? {} : { argv0 }),
      ...(isRoot ? { uid, gid } : {}),
      cwd: start.cwd ?? this.home,
      env: { HOME: this.home, PATH: this.tools, ...start.env },
      input: start.stdin ?? '',
      encoding: 'latin1',
      // A build here takes well under a second; one that never ends must not outlive its test.
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    assert.equal(error, undefined);
    assert.deepEqual(readTree(this.outside), before, 'the world outside of $HOME');
    return { status, stdout, stderr };
  }
}

export function writeScript(path: string, text: string, mode = 0o755): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** What the wrapper keeps in $HOME: the names of the source's entries, in the shell's order, and the user's run. */
export function kept(names: string[], run?: string): Entry {
  const list = names.map((name) => `${name.replaceAll('\n', '/')}\n`).join('');
  const entries: Tree = { 'source-entries': file(list, 0o664) };
  if (run !== undefined) {
    entries['run'] = file(run, 0o775);
  }
  return directory(entries, 0o775);
}

function findProgram(name: string): string {
  const found = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`these tests need ${name}: apt-get install ${tools.includes(name) ? 'coreutils' : name}`);
  }
  return found;
}
