// Compares a chain of builds over a source that changes in difficult ways with a full build of its last commit: paths,
// modes, owners and contents are equal, except for dependencies that are kept on purpose.

import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, builder, isRoot, shells } from '../helpers/assemble-lab.ts';
import { BuilderImage, differencesOf } from '../helpers/builder-image.ts';
import { type Tree, directory, file, link, writeTree } from '../helpers/file-tree.ts';
import { type Language, stockAssemble, stockProfile } from '../helpers/stock-projects.ts';

const ownAssemble = (lab: Lab) =>
  file(`#!/bin/sh\n${lab.scripts}/assemble "$@" || exit\necho own > own-build\n`, 0o755);

/** The commits of one repository. Names change between file, folder and link, in each direction. */
function commitsOf(lab: Lab): Tree[] {
  const always: Tree = { deps: 'x\ny\n', lib: { one: '1' } };
  return [
    {
      ...always,
      '.git': { HEAD: '1', objects: { aa: 'a' } },
      version: '1.0',
      'build.sh': '',
      'file-folder': 'file',
      'folder-file': { inner: '' },
      'folder-link': { inner: '' },
      'link-folder': link('lib'),
      'link-file': link('lib/one'),
      'file-link': '',
      '.env': 'A=1',
      '.hidden': { '.deep': { '.er': '' } },
      'new\nline': '',
      'read-only': directory({ f: '' }, 0o755),
      configuration: { 'old.conf': 'old', 'app.conf': '1' },
      '.s2i': { environment: 'A=1\nB=2\n' },
    },
    {
      ...always,
      '.git': { HEAD: '2', objects: { bb: 'b' } },
      '.s2i': { bin: { assemble: ownAssemble(lab), run: file('#!/bin/sh\n', 0o755) }, environment: 'A=1\nB=2\n' },
      version: '1.1',
      deps: 'x\nz\n',
      'file-folder': { now: { a: 'folder' } },
      'folder-file': 'file',
      'folder-link': link('lib'),
      'link-folder': { inner: '' },
      'link-file': 'file',
      'file-link': link('version'),
      dist: { committed: '' },
      configuration: { 'app.conf': '2' },
    },
    {
      ...always,
      '.git': { HEAD: '3' },
      '.sti': { bin: { assemble: ownAssemble(lab) }, environment: 'A=1\nB=2\n' },
      version: '1.2',
      deps: '',
      'build.sh': '',
      lib: { two: '2' },
      '.env': { now: 'a folder' },
    },
    {
      ...always,
      '.git': { HEAD: '4', objects: { aa: 'a' } },
      '.s2i': { environment: 'A=1\nB=2\n' },
      version: '2.0',
      deps: 'y\nz\n',
      'build.sh': '',
      lib: { one: '1', three: { deep: '3' } },
      'folder-file': { again: '' },
    },
  ];
}

/** The known differences between a chained and a full image, which docs/wrapper.md lists. */
const known: Record<Language, readonly string[]> = {
  python: [],
  nodejs: [],
  java: ['only chained: artifacts/m2/x', 'only chained: artifacts/m2/x/code'],
  php: [],
  ruby: [],
  golang: ['only chained: home/go/pkg/x', 'only chained: home/go/pkg/x/code'],
  perl: [],
  dotnet: [],
};

/** Builds like S2I: injects a Secret and a ConfigMap, runs assemble, removes the Secret. */
function build(lab: Lab, language: Language, source: Tree, mount: { from: string; at: string } | undefined): void {
  rmSync(lab.source, { recursive: true, force: true });
  mkdirSync(lab.source);
  chownSync(lab.source, lab.owner.uid, lab.owner.gid);
  writeTree(lab.source, source, lab.owner);
  rmSync(join(lab.home, 'config/app.yaml'), { force: true });
  for (const [folder, entries] of [
    ['secret', { token: 'secret' }],
    ['config', { 'app.yaml': 'a: b' }],
  ] as [string, Tree][]) {
    if (!existsSync(join(lab.home, folder))) writeTree(lab.home, { [folder]: {} }, lab.owner);
    writeTree(join(lab.home, folder), entries, lab.owner);
  }
  const options = { ...stockProfile(lab, language), env: { A: '1', B: '2' } };
  const { status, stdout, stderr } = lab.build(mount === undefined ? options : { ...options, mount });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout);
  // Without -f, like S2I: it must exist.
  rmSync(join(lab.home, 'secret/token'));
}

for (const shell of shells) {
  describe(`chained and full image under ${shell.name}`, () => {
    for (const language of Object.keys(known) as Language[]) {
      test(`${language}: are equal`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble(stockAssemble(lab, language));
        const artifacts = join(lab.root, 'artifacts');
        const volume = join(lab.root, 'volume');
        for (const folder of [artifacts, volume])
          writeTree(lab.root, { [folder.slice(lab.root.length + 1)]: {} }, builder);
        writeTree(volume, { precious: '' }, lab.owner);
        lab.putHome({ '.image': 'of the image', etc: { config: '', conf: { d: '' } }, mounted: {} });
        writeTree(lab.output, { 'README.txt': 'of the image' }, lab.owner);
        const image = new BuilderImage(lab, [lab.home, lab.source, lab.output, artifacts, volume]);
        const mount = isRoot ? { from: volume, at: join(lab.home, 'mounted') } : undefined;

        const commits = commitsOf(lab);
        for (const commit of commits) build(lab, language, commit, mount);
        const chained = image.read();
        image.restore();
        build(lab, language, commits.at(-1) ?? {}, mount);
        assert.deepEqual(
          differencesOf(chained, image.read()).map((line) => line.replace(`${lab.root}/`, '')),
          known[language],
        );
      });
    }
  });
}
