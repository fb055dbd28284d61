// The wrapper never makes a build fail: it prints one line about what it cannot do, and the image's assemble runs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, type Start, isRoot, recordText, shells, writeScript } from '../helpers/assemble-lab.ts';
import { type Tree, directory, file, link, listTree, readTree, writeTree } from '../helpers/file-tree.ts';

interface Obstacle {
  name: string;
  prepare?: (lab: Lab) => void;
  start?: (lab: Lab) => Start;
  /** The line, with … for the lab's path. */
  line: string;
}

const nothing = 'nothing is removed and nothing recorded';
const home =
  (value: (lab: Lab) => string | undefined, cwd?: (lab: Lab) => string) =>
  (lab: Lab): Start => ({ env: { HOME: value(lab) }, ...(cwd === undefined ? {} : { cwd: cwd(lab) }) });
const root = () => '/';
const nowhere = (value: string): string => `HOME is ${value}, and there is no other folder to work in: ${nothing}`;

/** Full builds that cannot record. */
const obstacles: Obstacle[] = [
  { name: 'HOME unset, in /', start: home(() => undefined, root), line: nowhere('unset') },
  { name: 'HOME /, in /', start: home(root, root), line: nowhere('/') },
  { name: 'HOME ///, in /', start: home(() => '///', root), line: nowhere('///') },
  { name: 'HOME relative, in /', start: home(() => '-P', root), line: nowhere('-P') },
  { name: 'HOME absent, in /', start: home((lab) => `${lab.root}/none`, root), line: nowhere('…/none') },
  {
    name: 'HOME is the source',
    start: home((lab) => lab.source),
    line: `the work directory, …/src, is in the source: ${nothing}`,
  },
  {
    name: 'HOME holds the source',
    start: home(
      (lab) => lab.root,
      (lab) => lab.root,
    ),
    line: `the source, …/src, is in the work directory: ${nothing}`,
  },
  {
    name: 'HOME is inside of the source',
    start: home((lab) => `${lab.source}/folder`),
    line: `the work directory, …/src/folder, is in the source: ${nothing}`,
  },
  {
    name: 'the source is inside of HOME, by way of a symlink',
    prepare: (lab) => {
      lab.putHome({ folder: {} });
      rmSync(lab.source, { recursive: true });
      symlinkSync(join(lab.home, 'folder'), lab.source);
    },
    line: `the source, …/home/folder, is in the work directory: ${nothing}`,
  },
  {
    name: 'HOME not writable',
    prepare: (lab) => chmodSync(lab.home, 0o555),
    line: `…/home is not writable: ${nothing}`,
  },
  {
    name: 'no source',
    prepare: (lab) => rmSync(lab.source, { recursive: true }),
    line: `there is no source that can be read: ${nothing}`,
  },
  {
    name: 'an unreadable source',
    prepare: (lab) => chmodSync(lab.source, 0o000),
    line: `there is no source that can be read: ${nothing}`,
  },
  ...['cat', 'mv', 'sort'].map((tool) => ({
    name: `no ${tool}`,
    prepare: (lab: Lab) => rmSync(join(lab.tools, tool)),
    line: `there is no ${tool}: ${nothing}`,
  })),
  ...[
    ['a file', ''],
    ['a folder with a record of its own', { record: recordText('a ./app.py') }],
    ['a dangling symlink', link('nowhere')],
  ].map(([what, entry]) => ({
    name: `the record's name in the source, ${what as string}`,
    prepare: (lab: Lab) => lab.putSource({ '.s2i-incremental': entry } as Tree),
    line: "the source has an entry .s2i-incremental, the wrapper's own name: nothing is recorded",
  })),
  {
    name: 'a run that cannot be kept',
    prepare: (lab) => lab.putSource({ '.s2i': { bin: { run: file('', 0o000) } } }),
    line: 'cannot keep .s2i/bin/run',
  },
];

for (const shell of shells) {
  describe(`wrapper in a full build under ${shell.name}`, () => {
    for (const { name, prepare, start, line } of obstacles) {
      test(name, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\necho assemble ran\n');
        lab.putHome({ 'app.py': 'old', node_modules: { left: '' } });
        lab.putSource({ 'app.py': 'new', folder: {} });
        prepare?.(lab);
        const before = readTree(lab.home);
        const result = lab.build(start?.(lab));
        assert.deepEqual(
          {
            ...result,
            stdout: /\nassemble ran\n/.test(`\n${result.stdout}`),
            stderr: result.stderr.replaceAll(lab.root, '…'),
          },
          { status: 0, stdout: true, stderr: `s2i-incremental: ${line}\n` },
        );
        const { '.s2i-incremental': _, '.s2i-incremental/record': __, ...after } = readTree(lab.home);
        assert.deepEqual(after, before);
      });
    }

    for (const [name, start] of [
      ['unset', home(() => undefined)],
      ['/', home(root)],
      ['relative', home(() => '.')],
      ['with a newline', home((lab) => `${lab.outside}\n`)],
      ['a file', home((lab) => `${lab.outside}/precious.txt`)],
      ['a symlink to where the image works', home((lab) => `${lab.output}/home`)],
    ] as [string, (lab: Lab) => Start][]) {
      test(`records in the working directory with HOME ${name}`, (t) => {
        const lab = new Lab(t, shell);
        symlinkSync(lab.home, join(lab.output, 'home'));
        lab.installAssemble('#!/bin/bash\necho 1 >> out\n');
        for (const build of [1, 2]) {
          const { status, stderr } = lab.build(start(lab));
          assert.deepEqual({ build, status, stderr }, { build, status: 0, stderr: '' });
          assert.deepEqual(lab.readHome(), { out: 'file 644 1\n' });
          assert.deepEqual(lab.readRecord(), ['s2i-incremental record 1', 'a ./out', 'whole']);
        }
      });
    }

    test('removes nothing of the source and of what S2I injected', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(`#!/bin/sh\n/bin/cp -R ${lab.source}/. ./\n`);
      lab.putHome({ conf: { token: 'secret' }, '.git': { old: '' }, '.local': {} });
      lab.putSource({ conf: { 'app.ini': '' }, '.git': { new: '' } });
      assert.equal(lab.build().status, 0);
      const whole = { conf: { token: 'secret', 'app.ini': '' }, '.git': { old: '', new: '' }, '.local': {} };
      assert.deepEqual(lab.readHome(), listTree(whole));
    });

    test('treats a record of another BuildConfig as part of the base image', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      const record = recordText('of shop/base', 'a ./lib');
      const env = (name: string) => ({ env: { OPENSHIFT_BUILD_NAMESPACE: 'shop', OPENSHIFT_BUILD_NAME: name } });
      lab.putHome({ lib: { base: '' }, '.s2i-incremental': { record } });
      for (const build of ['web-1', 'web-2']) {
        assert.equal(lab.build(env(build)).status, 0);
        assert.deepEqual(lab.readHome(), listTree({ lib: { base: '' } }));
        assert.deepEqual(lab.readRecord(), [
          's2i-incremental record 1',
          'of shop/web',
          'b ./lib',
          'b ./lib/base',
          'whole',
        ]);
      }
    });
  });

  describe(`wrapper in an incremental build under ${shell.name}`, () => {
    const mover = (lab: Lab) =>
      `#!/bin/bash\nPATH=/usr/bin:/bin\nset -e\nshopt -s dotglob\nmv ${lab.source}/* ./\necho 1 >> generated\n`;
    const one: Tree = { '.git': { HEAD: '1' }, lib: { one: '' }, gone: { here: '' } };
    const two: Tree = { '.git': { HEAD: '2' }, lib: { two: '' } };

    const records: [name: string, tamper: (lab: Lab) => void][] = [
      ['cut off', (lab) => tamper(lab, 'a ./gone\n')],
      ['empty', (lab) => tamper(lab, '')],
      ['foreign', (lab) => tamper(lab, 'nothing of ours\nwhole\n')],
      ['of another version', (lab) => tamper(lab, 's2i-incremental record 2\na ./gone\nwhole\n')],
      ['a symlink', (lab) => replaceRecord(lab, () => symlinkSync(join(lab.outside, 'precious.txt'), recordOf(lab)))],
      ['a directory', (lab) => replaceRecord(lab, () => mkdirSync(recordOf(lab)))],
      ['missing', (lab) => replaceRecord(lab, () => undefined)],
      ['a pipe', (lab) => replaceRecord(lab, () => spawnSync('mkfifo', ['-m', '666', recordOf(lab)]))],
      ['unreadable', (lab) => chmodSync(recordOf(lab), 0o000)],
      ['in a folder that is a symlink', (lab) => linkState(lab, '../output')],
      ['in a folder that is a dangling symlink', (lab) => linkState(lab, 'nowhere')],
    ];
    for (const [name, spoil] of records) {
      test(`removes only what is in the way with a record that is ${name}, and says so`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble(mover(lab));
        lab.putSource(one);
        assert.equal(lab.build().status, 0);
        spoil(lab);
        for (const source of [two, { ...two, lib: 'file' }] as Tree[]) {
          lab.putSource(source);
          const { status, stderr } = lab.build();
          assert.equal(status, 0, stderr);
          if (source === two) {
            assert.equal(
              stderr.replaceAll(lab.root, '…'),
              's2i-incremental: …/home/.s2i-incremental is not what an earlier build left there: ' +
                'only what is in the way of the source is removed\n',
            );
          }
          const { '.s2i-incremental': _, ...home } = lab.readHome();
          const { generated, ...rest } = home;
          assert.match(generated ?? '', /^file 644 (?:1\n)+$/);
          assert.deepEqual(rest, listTree({ ...source, gone: { here: '' } }));
        }
      });
    }

    test('removes the record if the source has its name', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(mover(lab));
      for (const [source, lines] of [
        [one, 0],
        [{ ...two, '.s2i-incremental': { record: 'theirs' } }, 1],
        [{ ...two, '.s2i-incremental': { record: 'theirs' } }, 2],
      ] as [Tree, number][]) {
        lab.putSource(source);
        const { status, stderr } = lab.build();
        assert.deepEqual([status, stderr.split('\n').length - 1], [0, lines], stderr);
      }
      assert.equal(readTree(lab.home)['.s2i-incremental/record'], 'file 644 theirs');
      assert.equal(readTree(lab.home)['lib/two'], 'file 644 ');
    });

    test('continues if an entry cannot be removed', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(mover(lab));
      lab.putSource(one);
      assert.equal(lab.build().status, 0);
      rmSync(join(lab.tools, 'rm'));
      const rm =
        '#!/bin/sh\nfor last; do :; done\ncase $last in ./gone) echo "rm: busy" >&2; echo second >&2; exit 1 ;; esac\n';
      writeScript(join(lab.tools, 'rm'), `${rm}exec /bin/rm "$@"\n`);
      lab.putSource(two);
      assert.deepEqual(
        { ...lab.build(), stdout: '' },
        { status: 0, stdout: '', stderr: 's2i-incremental: cannot remove ./gone: rm: busy\n' },
      );
      const left = { ...two, gone: { here: '' }, generated: '1\n' };
      assert.deepEqual(lab.readHome(), listTree(left));
      assert.deepEqual(
        lab.readRecord()?.filter((line) => line.startsWith('a ')),
        ['a ./.git', 'a ./generated', 'a ./gone', 'a ./lib'],
      );
    });

    for (const [name, limit] of [
      ['in .s2i/keep', { '.s2i': { keep: 'absent\n'.repeat(1000) + 'gone\n'.repeat(99_000) } }],
      ['that is no file', { '.s2i': { keep: {} } }],
      ['that is a symlink', { '.s2i': { keep: link('/etc/passwd') } }],
      ['that is unreadable', { '.s2i': { keep: file('gone', 0o000) } }],
    ] as [string, Tree][]) {
      test(`ignores a list ${name === 'in .s2i/keep' ? 'of 100,000 lines' : `.s2i/keep ${name}`}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble(mover(lab));
        lab.putSource(one);
        assert.equal(lab.build().status, 0);
        lab.putSource({ ...two, ...limit });
        const { status, stderr } = lab.build();
        assert.deepEqual(
          [status, stderr],
          [
            0,
            name === 'in .s2i/keep'
              ? 's2i-incremental: .s2i/keep has more than 1000 lines: the rest is ignored\n'
              : 's2i-incremental: .s2i/keep is not a readable file and is ignored\n',
          ],
        );
        assert.deepEqual(lab.readHome(), listTree({ ...two, ...limit, generated: '1\n' }));
      });
    }

    test('works after a killed build, twice', (t) => {
      const lab = new Lab(t, shell);
      const profile = { keep: ['kept'] };
      const killer = (moment: string) =>
        `#!/bin/bash\nPATH=/usr/bin:/bin\nshopt -s dotglob\n${moment}\nkill -9 $PPID\nsleep 1\n`;
      const moments = ['', `mv ${lab.source}/* ./`, `mkdir -p kept; mv ${lab.source}/.git ./`];
      lab.putHome({ base: { image: '' } });
      lab.installAssemble(`${mover(lab)}mkdir -p kept\n`);
      lab.putSource(one);
      assert.equal(lab.build(profile).status, 0);
      for (const moment of [...moments, ...moments]) {
        lab.emptySource();
        lab.putSource({ ...one, lib: 'killed' });
        lab.installAssemble(killer(moment));
        assert.equal(lab.build(profile).status, null);
      }
      lab.emptySource();
      lab.putSource(two);
      lab.installAssemble(`${mover(lab)}mkdir -p kept\n`);
      const { status, stderr } = lab.build(profile);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      const { kept, ...home } = lab.readHome();
      assert.match(kept ?? '', /^directory/);
      assert.deepEqual(home, listTree({ ...two, base: { image: '' }, generated: '1\n' }));
    });

    test('works after a build that was killed in the wrapper', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(mover(lab));
      lab.putSource(one);
      assert.equal(lab.build().status, 0);
      // The last tool before the record is replaced, and the first that removes an entry.
      for (const tool of ['mv', 'rm']) {
        rmSync(join(lab.tools, tool));
        writeScript(join(lab.tools, tool), '#!/bin/bash\nkill -9 $PPID\n');
        lab.emptySource();
        lab.putSource(two);
        lab.build();
        rmSync(join(lab.tools, tool));
        symlinkSync(shell.multiCall ?? `/bin/${tool}`, join(lab.tools, tool));
      }
      lab.emptySource();
      lab.putSource(two);
      const { status, stderr } = lab.build();
      assert.equal(status, 0, stderr);
      assert.deepEqual(lab.readHome()['lib/two'], 'file 644 ');
      assert.equal(lab.readHome()['lib/one'], undefined);
    });

    if (isRoot) {
      test('keeps mounts and folders with mounts', (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\n/bin/mkdir -p "data 1/volume" other\n');
        assert.equal(lab.build().status, 0);
        mkdirSync(join(lab.root, 'volume'));
        writeTree(join(lab.root, 'volume'), { precious: '' }, lab.owner);
        const mount = { from: join(lab.root, 'volume'), at: join(lab.home, 'data 1/volume') };
        assert.deepEqual(
          { ...lab.build({ mount }), stdout: '' },
          { status: 0, stdout: '', stderr: 's2i-incremental: ./data 1 is or contains a mount: it is kept\n' },
        );
        assert.deepEqual(readTree(mount.from), listTree({ precious: '' }));
        assert.deepEqual(Object.keys(lab.readHome()).sort(), ['data 1', 'data 1/volume', 'other']);
      });

      test('keeps a mount that exists since the first build', (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\necho 1 >> volume/new\n');
        mkdirSync(join(lab.root, 'volume'));
        writeTree(join(lab.root, 'volume'), { precious: '' }, lab.owner);
        chownSync(join(lab.root, 'volume'), lab.owner.uid, lab.owner.gid);
        lab.putHome({ volume: {} });
        const mount = { from: join(lab.root, 'volume'), at: join(lab.home, 'volume') };
        for (const content of ['1\n', '1\n1\n']) {
          assert.deepEqual([lab.build({ mount }).status, readTree(mount.from)['new']], [0, `file 644 ${content}`]);
        }
      });

      test('continues after a directory of another user', (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\n');
        lab.putHome({
          lib: directory({ theirs: { inner: '' } }, 0o755),
          '.s2i-incremental': { record: recordText('a ./lib') },
        });
        chownSync(join(lab.home, 'lib/theirs'), 0, 0);
        const { status, stderr } = lab.build();
        assert.equal(status, 0);
        assert.match(
          stderr,
          /^s2i-incremental: cannot remove \.\/lib: rm: can.*lib\/theirs\/inner.*: Permission denied\n$/,
        );
        assert.deepEqual(readTree(join(lab.home, 'lib')), { theirs: 'directory 755', 'theirs/inner': 'file 644 ' });
      });
    }
  });
}

for (const shell of shells.filter(({ file: program }) => program.endsWith('bash'))) {
  const options = ['failglob', 'nullglob', 'dotglob', 'nocaseglob', 'nocasematch'];
  const sets = ['errexit', 'noglob', 'nounset', 'noclobber'];
  for (const env of [
    ...options.map((option) => ({ BASHOPTS: option })),
    ...sets.map((option) => ({ SHELLOPTS: option })),
  ]) {
    const title = Object.entries(env).flat().join('=');
    test(`wrapper ignores exported ${title}, and passes it to assemble, under ${shell.name}`, (t) => {
      const [plain, odd] = [new Lab(t, shell), new Lab(t, shell)];
      for (const lab of [plain, odd]) {
        const mine = lab === plain ? {} : env;
        lab.installAssemble(
          '#!/bin/bash\nwas=":$SHELLOPTS:$BASHOPTS:"\nPATH=/usr/bin:/bin\nset +efuC\nshopt -u failglob\n' +
            `cp -R ${lab.source}/. ./\nmkdir -p node_modules\necho "$was" > options\n`,
        );
        for (const source of [
          { A: '1', '.git': { one: '' }, 'x*': '' },
          { a: { b: '2' }, '.git': { two: '' } },
        ] as Tree[]) {
          lab.putSource(source);
          const { status, stderr } = lab.build({ keep: ['node_modules'], env: mine });
          assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
        }
      }
      const { options: seen, ...home } = odd.readHome();
      const { options: none, ...plainHome } = plain.readHome();
      assert.deepEqual(home, plainHome);
      const option = `:${Object.values(env).join('')}:`;
      assert.deepEqual([none?.includes(option), seen?.includes(option)], [false, true]);
      assert.deepEqual(odd.readRecord(), plain.readRecord());
    });
  }
}

function recordOf(lab: Lab): string {
  return join(lab.home, '.s2i-incremental/record');
}

function replaceRecord(lab: Lab, put: () => void): void {
  rmSync(recordOf(lab));
  put();
}

/** Shortens the record to its beginning. */
function tamper(lab: Lab, text: string): void {
  const full = text.startsWith('a ') ? `s2i-incremental record 1\n${text}` : text;
  replaceRecord(lab, () => writeTree(join(lab.home, '.s2i-incremental'), { record: file(full, 0o664) }, lab.owner));
}

function linkState(lab: Lab, target: string): void {
  rmSync(join(lab.home, '.s2i-incremental'), { recursive: true });
  symlinkSync(target, join(lab.home, '.s2i-incremental'));
}
