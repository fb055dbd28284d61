// Directory trees as values, to write, read and compare. Names are strings of bytes (latin1), because a name on disk
// may have any bytes: `utf8('ü')` returns the bytes of a text.

import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

/** A string is a file of mode 644, a plain object a directory of mode 755. */
export type Entry = string | Tree | TypedEntry;

export interface Tree {
  [name: string]: Entry;
}

/** Type, mode and content of each path below a directory, as one string. */
export type Listing = Record<string, string>;

export interface Owner {
  uid: number;
  gid: number;
}

class TypedEntry {
  readonly type: 'file' | 'directory' | 'link';
  readonly mode: number;
  /** The content of a file, or the target of a link. */
  readonly text: string;
  /** The entries of a directory. */
  readonly entries: Tree;

  constructor(type: TypedEntry['type'], mode: number, text: string, entries: Tree) {
    this.type = type;
    this.mode = mode;
    this.text = text;
    this.entries = entries;
  }
}

export const file = (text: string, mode: number): Entry => new TypedEntry('file', mode, text, {});
export const directory = (entries: Tree, mode: number): Entry => new TypedEntry('directory', mode, '', entries);
export const link = (target: string): Entry => new TypedEntry('link', 0o777, target, {});
export const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

/** Writes entries into an existing directory, replacing nothing. */
export function writeTree(path: string, tree: Tree, owner: Owner): void {
  for (const [name, entry] of Object.entries(tree)) {
    const { type, mode, text, entries } = toTyped(entry);
    const at = bytes(`${path}/${name}`);
    if (type === 'link') {
      symlinkSync(bytes(text), at);
    } else if (type === 'file') {
      writeFileSync(at, bytes(text), { flag: 'wx' });
      chmodSync(at, mode);
    } else {
      mkdirSync(at);
      writeTree(`${path}/${name}`, entries, owner);
      chmodSync(at, mode);
    }
    lchownSync(at, owner.uid, owner.gid);
  }
}

/** Returns everything below a directory, without following symlinks, optionally with owners. */
export function readTree(path: string, prefix = '', owners = false): Listing {
  const listing: Listing = {};
  for (const name of readdirSync(bytes(path), { encoding: 'latin1' })) {
    const at = bytes(`${path}/${name}`);
    const stat = lstatSync(at);
    const owner = owners ? ` ${stat.uid}:${stat.gid}` : '';
    const mode = `${(stat.mode & 0o7777).toString(8)}${owner}`;
    if (stat.isSymbolicLink()) {
      listing[prefix + name] = `link${owner} ${readlinkSync(at, { encoding: 'latin1' })}`;
    } else if (stat.isDirectory()) {
      listing[prefix + name] = `directory ${mode}`;
      Object.assign(listing, readTree(`${path}/${name}`, `${prefix}${name}/`, owners));
    } else if (!stat.isFile()) {
      listing[prefix + name] = `special ${mode}`;
    } else {
      listing[prefix + name] = `file ${mode} ${readFileSync(at, 'latin1')}`;
    }
  }
  return listing;
}

/** Returns the listing that `readTree` returns for these entries. */
export function listTree(tree: Tree, prefix = ''): Listing {
  const listing: Listing = {};
  for (const [name, entry] of Object.entries(tree)) {
    const { type, mode, text, entries } = toTyped(entry);
    if (type === 'link') {
      listing[prefix + name] = `link ${text}`;
    } else if (type === 'file') {
      listing[prefix + name] = `file ${mode.toString(8)} ${text}`;
    } else {
      listing[prefix + name] = `directory ${mode.toString(8)}`;
      Object.assign(listing, listTree(entries, `${prefix}${name}/`));
    }
  }
  return listing;
}

function toTyped(entry: Entry): TypedEntry {
  if (entry instanceof TypedEntry) {
    return entry;
  }
  return typeof entry === 'string'
    ? new TypedEntry('file', 0o644, entry, {})
    : new TypedEntry('directory', 0o755, '', entry);
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
