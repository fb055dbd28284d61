// Runs the real wrapper scripts with a $HOME, a source, an image's scripts, another folder that assemble may fill, and
// a folder outside that no build may change. The wrapper's PATH has only the tools that it may use.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderAssemble, renderRun } from '../../src/assemble/render.ts';
import { type Listing, type Owner, type Tree, directory, readTree, writeTree } from './file-tree.ts';

export interface Shell {
  name: string;
  file: string;
  argv0?: string;
  args: string[];
  /** Provides the tools: one binary for all, else one each. */
  multiCall?: string;
}

/** The kinds of /bin/sh in builder images, and bash. */
export const shells: readonly [Shell, ...Shell[]] = [
  { name: 'bash', file: findProgram('bash'), args: [] },
  { name: 'bash as sh', file: findProgram('bash'), argv0: 'sh', args: [] },
  { name: 'dash', file: findProgram('dash'), args: [] },
  { name: 'busybox sh', file: findProgram('busybox'), args: ['sh'], multiCall: findProgram('busybox') },
];

export const isRoot = process.getuid?.() === 0;

/** The user of the usual builder image. Only root can change to it; otherwise the user of the tests. */
export const builder: Owner = isRoot
  ? { uid: 1001, gid: 0 }
  : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };

export interface Result {
  /** The exit code; null if a signal ended the process. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Start {
  args?: string[];
  stdin?: string;
  /** The working directory; $HOME if absent. */
  cwd?: string;
  /** Added to HOME and PATH; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  owner?: Owner;
  /** A folder to mount at another path while the script runs; only for root. */
  mount?: { from: string; at: string };
}

/** The profile's settings in the wrapper. */
export interface LabProfile {
  profile?: string;
  keep?: readonly string[];
  outputs?: readonly string[];
}

/** Where tests register their cleanup: a test's context. */
export interface Scope {
  after(clean: () => void): void;
}

/** The only programs besides the shell that the wrapper needs. */
const tools = ['cat', 'chmod', 'cp', 'date', 'id', 'mkdir', 'mv', 'readlink', 'rm', 'sort', 'uniq'];

export class Lab {
  readonly root = mkdtempSync(join(tmpdir(), 'assemble-'));
  readonly home = join(this.root, 'home');
  readonly source = join(this.root, 'src');
  /** A folder for a profile's outputs, like /deployments. */
  readonly output = join(this.root, 'output');
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
    for (const path of [
      this.root,
      this.home,
      this.source,
      this.output,
      this.scripts,
      this.outside,
      this.delivered,
      this.tools,
    ]) {
      mkdirSync(path, { recursive: true });
      chownSync(path, owner.uid, owner.gid);
    }
    chmodSync(this.home, 0o775);
    writeTree(this.outside, { 'precious.txt': 'precious', folder: directory({ 'inner.txt': 'inner' }, 0o555) }, owner);
    for (const tool of tools) {
      symlinkSync(shell.multiCall ?? findProgram(tool), join(this.tools, tool));
    }
  }

  /** Writes the image's assemble. */
  installAssemble(text: string): void {
    writeScript(join(this.scripts, 'assemble'), text);
  }

  /** Writes the image's run. */
  installRun(text: string): void {
    writeScript(join(this.scripts, 'run'), text);
  }

  putSource(tree: Tree): void {
    writeTree(this.source, tree, this.owner);
  }

  /** Empties the source, as in a fresh image layer, if assemble left nothing in it. */
  emptySource(): void {
    rmSync(this.source, { recursive: true });
    mkdirSync(this.source);
    chownSync(this.source, this.owner.uid, this.owner.gid);
  }

  putHome(tree: Tree): void {
    writeTree(this.home, tree, this.owner);
  }

  /** Returns the wrapper's text as delivered here. */
  wrapper({ profile = 'test', keep = [], outputs = [] }: LabProfile = {}): string {
    const { scripts: scriptsDir, source: sourceDir } = this;
    return renderAssemble({ version: 'v1', profile, scriptsDir, sourceDir, keep, outputs });
  }

  /** Returns the text of the wrapper's run as delivered here. */
  wrapperRun(): string {
    return renderRun({ scriptsDir: this.scripts, sourceDir: this.source });
  }

  /** Builds the source with the wrapper. */
  build(start: Start & LabProfile = {}): Result {
    const script = join(this.delivered, 'assemble');
    writeScript(script, this.wrapper(start));
    return this.#runByShell(script, start);
  }

  /** Builds without the wrapper. */
  buildUnwrapped(start: Start = {}): Result {
    return this.#run(join(this.scripts, 'assemble'), [], start);
  }

  /** Starts the built image with the wrapper's run. */
  run(start: Start = {}): Result {
    const script = join(this.delivered, 'run');
    writeScript(script, this.wrapperRun());
    return this.#runByShell(script, start);
  }

  /** Starts a script in the place where S2I puts it. */
  startDelivered(name: string, start: Start = {}): Result {
    return this.#runByShell(join(this.delivered, name), start);
  }

  /** Returns the content of $HOME without the wrapper's own files. */
  readHome(): Listing {
    const paths = Object.entries(readTree(this.home)).filter(([path]) => !/^\.s2i-incremental(?:\/|$)/.test(path));
    return Object.fromEntries(paths);
  }

  /** Returns the lines of the wrapper's record; undefined if there is none. */
  readRecord(folder = this.home): string[] | undefined {
    const path = join(folder, '.s2i-incremental/record');
    return existsSync(path) ? readFileSync(path, 'latin1').split('\n').slice(0, -1) : undefined;
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
    const command = [file, ...args, ...(start.args ?? [])];
    const [program = file, ...rest] =
      start.mount === undefined ? command : [...mounting(start.mount, { uid, gid }), ...command];
    const { status, stdout, stderr, error } = spawnSync(program, rest, {
      ...(argv0 === undefined || start.mount !== undefined ? {} : { argv0 }),
      ...(isRoot && start.mount === undefined ? { uid, gid } : {}),
      cwd: start.cwd ?? this.home,
      env: { HOME: this.home, PATH: this.tools, ...start.env },
      input: start.stdin ?? '',
      encoding: 'latin1',
      // A build takes less than a second; one that hangs must not outlive its test.
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

/** Returns the text of a record with these lines. */
export function recordText(...lines: readonly string[]): string {
  return ['s2i-incremental record 1', ...lines, 'whole', ''].join('\n');
}

/** Returns the command that runs another one as a user with a mount, which nobody else sees and which ends with it. */
function mounting({ from, at }: { from: string; at: string }, { uid, gid }: Owner): string[] {
  const script =
    '/usr/bin/mount --bind "$1" "$2" && shift 2 && exec /usr/bin/setpriv --reuid="$1" --regid="$2" --clear-groups "$@"';
  const user = script.replace('"$@"', '-- "$3" "${@:4}"');
  return ['/usr/bin/unshare', '-m', '/bin/bash', '-c', user, 'bash', from, at, String(uid), String(gid)];
}

function findProgram(name: string): string {
  const found = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`these tests need ${name}: apt-get install ${tools.includes(name) ? 'coreutils' : name}`);
  }
  return found;
}
