// A place to run the real wrapper scripts in: a $HOME, a source, an image's own scripts, a folder beside $HOME that
// assemble may fill, and a world outside that no build may touch. The wrapper finds on its PATH the tools that it may
// count on, and nothing else.

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
  /** A folder that is mounted at another path while the script runs; root only. */
  mount?: { from: string; at: string };
}

/** What the webhook fills into the wrapper for a profile. */
export interface LabProfile {
  profile?: string;
  keep?: readonly string[];
  outputs?: readonly string[];
}

/** Where the tests clean up: a test's context. */
export interface Scope {
  after(clean: () => void): void;
}

/** The only programs besides the shell that an image must have for the wrapper. */
const tools = ['cat', 'chmod', 'cp', 'date', 'id', 'mkdir', 'mv', 'readlink', 'rm', 'sort', 'uniq'];

export class Lab {
  readonly root = mkdtempSync(join(tmpdir(), 'assemble-'));
  readonly home = join(this.root, 'home');
  readonly source = join(this.root, 'src');
  /** What a profile may name among its outputs, as /deployments. */
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
  wrapper({ profile = 'test', keep = [], outputs = [] }: LabProfile = {}): string {
    const { scripts: scriptsDir, source: sourceDir } = this;
    return renderAssemble({ version: 'v1', profile, scriptsDir, sourceDir, keep, outputs });
  }

  /** The text of the wrapper's run as the webhook delivers it here. */
  wrapperRun(): string {
    return renderRun({ scriptsDir: this.scripts, sourceDir: this.source });
  }

  /** A build of the source that has been put: runs the wrapper. */
  build(start: Start & LabProfile = {}): Result {
    const script = join(this.delivered, 'assemble');
    writeScript(script, this.wrapper(start));
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

  /** Starts a script that has been put where S2I puts it. */
  startDelivered(name: string, start: Start = {}): Result {
    return this.#runByShell(join(this.delivered, name), start);
  }

  /** What is in $HOME, but for what the wrapper keeps there. */
  readHome(): Listing {
    const paths = Object.entries(readTree(this.home)).filter(([path]) => !/^\.s2i-incremental(?:\/|$)/.test(path));
    return Object.fromEntries(paths);
  }

  /** The lines of the wrapper's record; undefined if there is none. */
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

/** The text of a record with these lines. */
export function recordText(...lines: readonly string[]): string {
  return ['s2i-incremental record 1', ...lines, 'whole', ''].join('\n');
}

/**
 * What goes before a command that is to see the mount, as that user; nobody else sees it, and it ends with the command.
 */
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
