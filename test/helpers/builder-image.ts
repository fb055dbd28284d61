// A builder image as folders of a lab. It can be restored, so that a chain of builds and a full build start from the
// same image at the same paths.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './assemble-lab.ts';
import { type Listing, readTree } from './file-tree.ts';

export class BuilderImage {
  readonly #folders: readonly string[];
  readonly #saved: string;

  /** Saves the folders. */
  constructor(lab: Lab, folders: readonly string[] = [lab.home, lab.source, lab.output]) {
    this.#folders = folders;
    this.#saved = join(lab.root, 'saved');
    mkdirSync(this.#saved);
    folders.forEach((folder, index) => execFileSync('/bin/cp', ['-a', folder, join(this.#saved, String(index))]));
  }

  /** Restores the folders. */
  restore(): void {
    this.#folders.forEach((folder, index) => {
      execFileSync('/bin/rm', ['-rf', folder]);
      execFileSync('/bin/cp', ['-a', join(this.#saved, String(index)), folder]);
    });
  }

  /** Returns each path with type, mode, owner and content. */
  read(): Listing {
    const there = this.#folders.filter((folder) => existsSync(folder));
    return Object.assign({}, ...there.map((folder) => readTree(folder, `${folder}/`, true))) as Listing;
  }
}

/** Returns the paths that differ or that only one image has, with the difference. */
export function differencesOf(chained: Listing, full: Listing): string[] {
  return [...new Set([...Object.keys(chained), ...Object.keys(full)])]
    .filter((path) => chained[path] !== full[path])
    .map((path) => {
      if (!(path in full)) return `only chained: ${path}`;
      return path in chained ? `differs: ${path}: ${chained[path]} | ${full[path]}` : `only full: ${path}`;
    })
    .sort();
}
