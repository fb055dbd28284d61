// Builds that must not go on: one clear line, a code that is not 0, and nothing changed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, type Start, isRoot, shells, writeScript } from '../helpers/assemble-lab.ts';
import { type Listing, directory, file, link, readTree } from '../helpers/file-tree.ts';

interface Refusal {
  name: string;
  prepare?: (lab: Lab) => void;
  start?: (lab: Lab) => Start;
  /** The line, with … for the lab's own path. */
  line: string;
}

const home =
  (value: (lab: Lab) => string | undefined) =>
  (lab: Lab): Start => ({ env: { HOME: value(lab) } });
const list =
  (text: string) =>
  (lab: Lab): void =>
    lab.putHome({ '.s2i-incremental': { 'source-entries': text } });
const notLeftThere =
  '…/home/.s2i-incremental is not what an earlier build left there, a directory with the list source-entries';
const ownName = "the source has an entry .s2i-incremental: this name is the wrapper's own, remove it from the source";

const refusals: Refusal[] = [
  { name: 'HOME unset', start: home(() => undefined), line: 'HOME is not set' },
  { name: 'HOME empty', start: home(() => ''), line: 'HOME is not set' },
  { name: 'HOME /', start: home(() => '/'), line: 'HOME is /' },
  { name: 'HOME ///', start: home(() => '///'), line: 'HOME is /' },
  { name: 'HOME relative', start: home(() => '.'), line: 'HOME is ., not an absolute path' },
  { name: 'HOME that looks like an option', start: home(() => '-P'), line: 'HOME is -P, not an absolute path' },
  { name: 'HOME with a newline', start: home((lab) => `${lab.home}\n`), line: 'HOME holds a newline' },
  {
    name: 'HOME with ..',
    start: home((lab) => `${lab.home}/..`),
    line: 'HOME is …/home/..: it must be a path without . and ..',
  },
  {
    name: 'HOME with . in the middle',
    start: home((lab) => `${lab.root}/./home`),
    line: 'HOME is …/./home: it must be a path without . and ..',
  },
  { name: 'HOME absent', start: home((lab) => `${lab.root}/none`), line: 'HOME is …/none, not a directory' },
  {
    name: 'HOME a file',
    start: home((lab) => `${lab.outside}/precious.txt`),
    line: 'HOME is …/outside/precious.txt, not a directory',
  },
  {
    name: 'HOME a symlink',
    prepare: (lab) => lab.putHome({ link: link(lab.outside) }),
    start: home((lab) => `${lab.home}/link`),
    line: 'HOME is …/home/link, a symlink: its target is not touched',
  },
  {
    name: 'HOME a symlink, with a slash',
    prepare: (lab) => lab.putHome({ link: link(lab.outside) }),
    start: home((lab) => `${lab.home}/link/`),
    line: 'HOME is …/home/link, a symlink: its target is not touched',
  },
  {
    name: 'HOME is the source',
    start: home((lab) => lab.source),
    line: 'HOME is …/source and holds the source, …/source',
  },
  { name: 'HOME holds the source', start: home((lab) => lab.root), line: 'HOME is … and holds the source, …/source' },
  {
    name: 'HOME is inside of the source',
    start: home((lab) => `${lab.source}/folder`),
    line: 'HOME is …/source/folder, inside of the source, …/source',
  },
  {
    name: 'HOME is the source, by way of a symlink',
    prepare: (lab) => lab.putHome({ above: link(lab.root) }),
    start: home((lab) => `${lab.home}/above/source`),
    line: 'HOME is …/source and holds the source, …/source',
  },
  {
    name: 'HOME holds the source, by way of a symlink',
    prepare: (lab) => {
      lab.putHome({ folder: {} });
      rmSync(lab.source, { recursive: true });
      symlinkSync(join(lab.home, 'folder'), lab.source);
    },
    line: 'HOME is …/home and holds the source, …/home/folder',
  },
  {
    name: 'HOME not writable',
    prepare: (lab) => chmodSync(lab.home, 0o555),
    line: `HOME is …/home, not writable for uid ${isRoot ? 1001 : process.getuid?.()}`,
  },
  {
    name: 'no source',
    prepare: (lab) => rmSync(lab.source, { recursive: true }),
    line: '…/source, the source, is not a readable directory',
  },
  {
    name: 'an unreadable source',
    prepare: (lab) => chmodSync(lab.source, 0o300),
    line: '…/source, the source, is not a readable directory',
  },
  {
    name: "the wrapper's name in the source",
    prepare: (lab) => lab.putSource({ '.s2i-incremental': { 'source-entries': 'precious\n' } }),
    line: ownName,
  },
  {
    name: "the wrapper's name in the source, a dangling symlink",
    prepare: (lab) => lab.putSource({ '.s2i-incremental': link('nowhere') }),
    line: ownName,
  },
  {
    name: 'the record a symlink',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': link('elsewhere'), elsewhere: { 'source-entries': '' } }),
    line: notLeftThere,
  },
  {
    name: 'the record a dangling symlink',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': link('nowhere') }),
    line: notLeftThere,
  },
  { name: 'the record a file', prepare: (lab) => lab.putHome({ '.s2i-incremental': '' }), line: notLeftThere },
  {
    name: 'the record without its list',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': {} }),
    line: notLeftThere,
  },
  {
    name: 'the record closed',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': directory({ 'source-entries': '' }, 0o000) }),
    line: notLeftThere,
  },
  {
    name: 'the list a symlink',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': { 'source-entries': link(`${lab.outside}/precious.txt`) } }),
    line: notLeftThere,
  },
  {
    name: 'the list a directory',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': { 'source-entries': {} } }),
    line: notLeftThere,
  },
  {
    name: 'the list a pipe',
    prepare: (lab) => {
      lab.putHome({ '.s2i-incremental': {} });
      assert.equal(spawnSync('mkfifo', ['-m', '666', join(lab.home, '.s2i-incremental/source-entries')]).status, 0);
    },
    line: notLeftThere,
  },
  {
    name: 'the list unreadable',
    prepare: (lab) => lab.putHome({ '.s2i-incremental': { 'source-entries': file('', 0o000) } }),
    line: notLeftThere,
  },
  { name: '.. in the list', prepare: list('app.py\n..\n'), line: "a list of entries to remove from …/home holds '..'" },
  { name: '. in the list', prepare: list('.\napp.py\n'), line: "a list of entries to remove from …/home holds '.'" },
  {
    name: '.. at the end of the list',
    prepare: list('app.py\n..'),
    line: "a list of entries to remove from …/home holds '..'",
  },
  {
    name: '.. after NUL in the list',
    prepare: list('app.py\n\0..\n'),
    line: "a list of entries to remove from …/home holds '..'",
  },
  {
    name: 'no assemble',
    prepare: (lab) => rmSync(join(lab.scripts, 'assemble')),
    line: 'there is no …/scripts/assemble to run',
  },
  {
    name: "an image's assemble that is the wrapper",
    prepare: (lab) => lab.installAssemble(lab.wrapper()),
    line: '…/scripts/assemble is this very wrapper',
  },
];

if (isRoot) {
  refusals.push({
    name: 'an assemble that is not executable, and not ours to change',
    prepare: (lab) => {
      chmodSync(join(lab.scripts, 'assemble'), 0o644);
      chownSync(join(lab.scripts, 'assemble'), 0, 0);
    },
    line: '…/scripts/assemble is not executable',
  });
}

function unlessDelivered(listing: Listing): Listing {
  return Object.fromEntries(Object.entries(listing).filter(([path]) => !path.startsWith('delivered/')));
}

for (const shell of shells) {
  describe(`refusals under ${shell.name}`, () => {
    for (const { name, prepare, start, line } of refusals) {
      test(name, (t) => {
        const lab = new Lab(t, shell);
        writeScript(join(lab.scripts, 'assemble'), '#!/bin/sh\necho assemble ran\n');
        lab.putHome({ 'app.py': 'old', node_modules: { left: '' } });
        lab.putSource({ 'app.py': 'new', folder: {} });
        prepare?.(lab);
        const before = unlessDelivered(lab.readAll());
        const result = lab.build(start?.(lab));
        assert.deepEqual(
          { ...result, stderr: result.stderr.replaceAll(lab.root, '…') },
          { status: 1, stdout: '', stderr: `s2i-incremental: ${line}\n` },
        );
        assert.deepEqual(unlessDelivered(lab.readAll()), before);
      });
    }

    test('an entry that cannot be removed', (t) => {
      const lab = new Lab(t, shell);
      writeScript(join(lab.scripts, 'assemble'), '#!/bin/sh\necho assemble ran\n');
      rmSync(join(lab.tools, 'rm'));
      writeScript(
        join(lab.tools, 'rm'),
        '#!/bin/sh\necho "rm: cannot remove $2: busy" >&2\necho second line >&2\nexit 1\n',
      );
      lab.putHome({ 'app.py': 'old' });
      lab.putSource({ 'app.py': 'new' });
      const result = lab.build();
      assert.deepEqual(
        { ...result, stdout: result.stdout.split('\n').slice(1), stderr: result.stderr.replaceAll(lab.root, '…') },
        {
          status: 1,
          stdout: [''],
          stderr: 's2i-incremental: cannot remove an entry of …/home: rm: cannot remove ./app.py: busy\n',
        },
      );
    });

    if (isRoot) {
      test("an entry with a directory of somebody else's", (t) => {
        const lab = new Lab(t, shell);
        writeScript(join(lab.scripts, 'assemble'), '#!/bin/sh\necho assemble ran\n');
        lab.putHome({ lib: { theirs: { inner: '' } } });
        chownSync(join(lab.home, 'lib/theirs'), 0, 0);
        lab.putSource({ lib: 'new' });
        const result = lab.build();
        assert.deepEqual([result.status, result.stdout.split('\n').slice(1)], [1, ['']]);
        assert.match(
          result.stderr,
          /^s2i-incremental: cannot remove an entry of \/.*\/home: rm: can.* remove '\.\/lib\/theirs\/inner': Permission denied\n$/,
        );
        assert.deepEqual(readTree(join(lab.home, 'lib')), { theirs: 'directory 755', 'theirs/inner': 'file 644 ' });
      });
    }

    test('a record that cannot be written', (t) => {
      const lab = new Lab(t, shell);
      writeScript(join(lab.scripts, 'assemble'), '#!/bin/sh\necho assemble ran\n');
      lab.putSource({ '.s2i': { bin: { run: file('', 0o000) } } });
      const result = lab.build();
      assert.deepEqual([result.status, result.stdout.split('\n').slice(2)], [1, ['']]);
      assert.match(
        result.stderr.replaceAll(lab.root, '…'),
        /^s2i-incremental: cannot write …\/home\/\.s2i-incremental: cp: .*'…\/source\/\.s2i\/bin\/run'.*: Permission denied\n$/,
      );
    });
  });
}
