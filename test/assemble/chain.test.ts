// The content of $HOME after each build of a chain.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, type Result, builder, isRoot, recordText, shells, writeScript } from '../helpers/assemble-lab.ts';
import { type Tree, directory, file, link, listTree, readTree, utf8, writeTree } from '../helpers/file-tree.ts';
import { nodeAssemble, nodeProfile, pythonAssemble } from '../helpers/stock-assemble.ts';

const pipIni = '[global]\nindex-url = https://pypi.example.com/simple\n';

/** What the Python replacement installs into $HOME. */
const pythonInstalled: Tree = {
  'pip.ini': pipIni,
  '.local': { bin: { pipenv: link('../venvs/pipenv/bin/pipenv') } },
  '.cache': { pip: { flask: 'wheel\n' } },
};

/** What the Node replacement installs into $HOME. */
const nodeInstalled: Tree = { node_modules: { express: { 'package.json': '{"name":"express"}\n' } }, '.npm': {} };

const first: Tree = {
  '.git': { HEAD: 'one', objects: { aa: 'aa' } },
  '.s2i': { environment: 'A=1' },
  'app.py': 'print(1)',
  'deleted.py': 'gone in the second source',
  lib: { 'old.py': 'gone too', 'same.py': '1' },
};
const second: Tree = {
  '.git': { HEAD: 'two', objects: { aa: 'aa', bb: 'bb' } },
  '.s2i': { environment: 'A=1' },
  'app.py': 'print(2)',
  lib: { 'new.py': '2', 'same.py': '2' },
};

/** Returns the script's lines, with varying figures replaced by N. */
function log(lab: Lab, result: Result): string[] {
  const lines = result.stdout
    .replaceAll(lab.root, '…')
    .replaceAll(/\b\d+ s$/gm, 'N s')
    .split('\n');
  assert.equal(lines.pop(), '');
  return lines;
}

const owners = isRoot ? [builder, { uid: 0, gid: 0 }] : [builder];

for (const shell of shells) {
  describe(`assemble under ${shell.name}`, () => {
    for (const owner of owners) {
      test(`python, three builds, as ${owner.uid}:${owner.gid}`, (t) => {
        const lab = new Lab(t, shell, owner);
        lab.installAssemble(pythonAssemble(lab));

        lab.putSource(first);
        const one = lab.build();
        assert.deepEqual(
          { ...one, stdout: log(lab, one) },
          {
            status: 0,
            stdout: [
              `Before assemble (s2i-incremental v1, profile test): …/home, uid ${owner.uid}`,
              'No record of an earlier build: nothing is removed',
              '---> Installing application source ...',
              'Successfully installed flask',
              'After assemble …/scripts/assemble, rc 0, N s',
            ],
            stderr: '',
          },
        );
        assert.deepEqual(
          lab.readHome(),
          listTree({
            ...first,
            ...pythonInstalled,
          }),
        );

        lab.putSource(second);
        const two = lab.build();
        assert.deepEqual(
          { ...two, stdout: log(lab, two) },
          {
            status: 0,
            stdout: [
              `Before assemble (s2i-incremental v1, profile test): …/home, uid ${owner.uid}`,
              'Removed, left by earlier builds: .cache .git .local .s2i app.py deleted.py lib pip.ini',
              '---> Installing application source ...',
              'Requirement already satisfied: flask',
              'After assemble …/scripts/assemble, rc 0, N s',
            ],
            stderr: '',
          },
        );
        const expected = listTree({ ...second, ...pythonInstalled });
        assert.deepEqual(lab.readHome(), expected);

        lab.putSource(second);
        assert.equal(lab.build().status, 0);
        assert.deepEqual(lab.readHome(), expected);
      });
    }

    test('node, whose assemble leaves the source where it was', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(nodeAssemble(lab));
      lab.putSource(first);
      const one = lab.build(nodeProfile);
      assert.equal(log(lab, one).at(-1), 'Removed the source that assemble left in …/src');
      assert.deepEqual(readTree(lab.source), {});

      lab.putSource({ ...second, lib: link('app.py') });
      const two = lab.build(nodeProfile);
      assert.deepEqual(
        { ...two, stdout: log(lab, two).slice(1, 4) },
        {
          status: 0,
          stdout: [
            'Removed, left by earlier builds: .git .npm .s2i app.py deleted.py lib',
            '---> Installing application source ...',
            'up to date',
          ],
          stderr: '',
        },
      );
      const { '.npm': _, ...modules } = nodeInstalled;
      assert.deepEqual(lab.readHome(), listTree({ ...second, lib: link('app.py'), ...modules }));
    });

    test('a source with node_modules replaces the installed one, and removes it with itself', (t) => {
      const lab = new Lab(t, shell);
      const mover = `#!/bin/bash\nPATH=/usr/bin:/bin\nset -e\nshopt -s dotglob\nmv ${lab.source}/* ./\n`;
      const vendored: Tree = { 'index.js': '', node_modules: { left: { 'index.js': 'vendored' } } };

      lab.installAssemble(nodeAssemble(lab));
      lab.putSource({ 'index.js': '' });
      assert.equal(lab.build(nodeProfile).status, 0);

      lab.installAssemble(mover);
      lab.putSource(vendored);
      assert.equal(lab.build(nodeProfile).status, 0);
      assert.deepEqual(lab.readHome(), listTree(vendored));

      lab.putSource({ 'index.js': '' });
      assert.equal(lab.build(nodeProfile).status, 0);
      assert.deepEqual(lab.readHome(), listTree({ 'index.js': '' }));
    });

    test('a truncated record: .git, .s2i and colliding entries are removed, in every combination of types', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      lab.putHome({
        '.git': { HEAD: 'old' },
        '.s2i': { bin: { assemble: 'old' } },
        'file-to-directory': 'old',
        'directory-to-file': { inner: 'old' },
        'link-to-directory': link(lab.outside),
        'link-to-file': link(join(lab.outside, 'precious.txt')),
        'dangling-to-file': link('nowhere'),
        'directory-to-link': { inner: 'old' },
        unrelated: { data: 'stays' },
        '.s2i-incremental': { record: recordText('a ./unrelated').slice(0, -3) },
      });
      const source: Tree = {
        'file-to-directory': { inner: 'new' },
        'directory-to-file': 'new',
        'link-to-directory': { inner: 'new' },
        'link-to-file': 'new',
        'dangling-to-file': 'new',
        'directory-to-link': link('directory-to-file'),
      };
      lab.putSource(source);
      const result = lab.build();
      assert.deepEqual(
        [result.status, result.stderr.replaceAll(lab.root, '…')],
        [
          0,
          's2i-incremental: …/home/.s2i-incremental is not what an earlier build left there: ' +
            'only what is in the way of the source is removed\n',
        ],
      );
      assert.deepEqual(
        lab.readHome(),
        listTree({
          ...source,
          ...pythonInstalled,
          unrelated: { data: 'stays' },
        }),
      );
    });

    test('names that are special to shells', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      const odd: Tree = {};
      for (const name of [
        ' ',
        ' leading',
        'trailing ',
        'in side',
        '\t',
        '\n',
        'new\nline',
        '\n\n',
        'ends\n',
        '-',
        '--',
        '-rf',
        '-n',
        '!',
        '(',
        '=',
        '*',
        '?',
        '[a]',
        '[',
        '[!',
        '.*',
        '..a',
        '...',
        '.a',
        '....',
        '~',
        '$HOME',
        '`id`',
        "'",
        '"',
        '\\',
        '\\n',
        'a\\',
        '#',
        '&',
        '{a,b}',
        utf8('ü'),
        utf8('日本'),
        utf8('é'),
        '\x81',
        '\x88',
        '\xff',
        '.\xff',
        '..\xff',
        '\x01',
        '\x7f',
        'x'.repeat(255),
      ]) {
        odd[name] = `content of ${name}`;
      }
      lab.putSource(odd);
      assert.equal(lab.build().status, 0);
      lab.putSource({ plain: '' });
      const result = lab.build();
      assert.deepEqual([result.status, result.stderr], [0, '']);
      assert.deepEqual(lab.readHome(), listTree({ plain: '', ...pythonInstalled }));
    });

    test('every byte that a name can have', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      const odd: Tree = {};
      for (let byte = 1; byte < 256; byte += 1) {
        if (byte !== 0x2f) {
          odd[`a${String.fromCharCode(byte)}b`] = '';
        }
      }
      lab.putSource(odd);
      // An image may have a locale with multibyte characters.
      assert.equal(lab.build({ env: { LC_ALL: 'C.UTF-8' } }).status, 0);
      lab.putSource({ plain: '' });
      assert.equal(lab.build({ env: { LC_ALL: 'C.UTF-8' } }).status, 0);
      assert.deepEqual(lab.readHome(), listTree({ plain: '', ...pythonInstalled }));
    });

    test('profile and repository keep entries by exact name', (t) => {
      const lab = new Lab(t, shell);
      const names = [
        "it's",
        'two words',
        '*',
        '-x',
        'abc',
        'two',
        'words',
        'a\\b',
        'own',
        '#no',
        'cr',
        'folder',
        'last',
      ];
      lab.putHome(Object.fromEntries(names.map((name) => [name, ''])));
      lab.putHome({
        '.s2i-incremental': { record: recordText(...names.map((name) => `a ./${name.replace('\\', '\\\\')}`)) },
      });
      lab.putSource({
        '.s2i': { keep: '\n# a comment\n#no\nown\ncr\r\nfolder/\nabsent\n../outside\n/etc\na/b\n..\n.\nlast' },
      });
      lab.installAssemble('#!/bin/sh\n');
      const result = lab.build({ keep: ["it's", 'two words', '*', '-x', 'a\\b'] });
      const line = 'not the name of a file or folder in the work directory';
      assert.deepEqual(
        [result.status, result.stderr],
        [0, [8, 9, 10, 11, 12].map((number) => `s2i-incremental: .s2i/keep, line ${number}: ${line}\n`).join('')],
      );
      assert.deepEqual(Object.keys(lab.readHome()).sort(), [
        '*',
        '-x',
        'a\\b',
        'cr',
        'folder',
        "it's",
        'last',
        'own',
        'two words',
      ]);
    });

    test('the rest of a very large tree in the image is not listed, and stays with additions of builds', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/bash\necho >> a/added; echo >> z/added; echo >> y/added; exit 0\n');
      lab.putHome({ a: { b: '' }, y: { c: '' }, z: { c: '' } });
      const script = join(lab.delivered, 'assemble');
      for (const content of ['\n', '\n\n']) {
        writeScript(script, lab.wrapper().replace('most_listed=10000', 'most_listed=2'));
        assert.deepEqual(
          { ...lab.startDelivered('assemble'), stdout: '' },
          {
            status: 0,
            stdout: '',
            stderr: 's2i-incremental: more than 2 entries before builds: what builds add to ./y stays\n',
          },
        );
        const large = { b: '', c: '', added: content };
        const { b: _, ...rest } = large;
        assert.deepEqual(lab.readHome(), listTree({ a: { b: '', added: '\n' }, y: rest, z: rest }));
      }
    });

    test('symlinks are removed, their targets stay, at any depth', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      lab.putSource({
        top: link(lab.outside),
        below: { folder: link(lab.outside), file: link(join(lab.outside, 'precious.txt')) },
        parent: link('..'),
        root: link('/'),
        self: link('self'),
      });
      assert.equal(lab.build().status, 0);
      lab.putSource({ plain: '' });
      assert.equal(lab.build().status, 0);
      assert.deepEqual(lab.readHome(), listTree({ plain: '', ...pythonInstalled }));
    });

    test('read-only directories of an earlier source', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      lab.putHome({
        'go mod': directory(
          {
            out: link(join(lab.outside, 'folder')),
            ' cache': directory(
              { f: '', '.hidden': directory({ '..f': '', '..d': directory({ f: '' }, 0o500) }, 0o500) },
              0o555,
            ),
            locked: directory({ f: '' }, 0o000),
          },
          0o555,
        ),
        '.s2i-incremental': directory({ record: recordText('a ./go mod') }, 0o555),
      });
      const result = lab.build();
      assert.deepEqual([result.status, result.stderr], [0, '']);
      assert.deepEqual(lab.readHome(), listTree({}));
    });

    test('unlocking a directory does not change the mode of files, which may be hard links into a cache', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(
        '#!/bin/bash\nPATH=/usr/bin:/bin\n[ -e cache ] || { mkdir -p cache lib; echo shared > cache/f; chmod 400 cache/f; ln cache/f lib/f; chmod 555 lib; }\n',
      );
      assert.equal(lab.build({ keep: ['cache'] }).status, 0);
      assert.equal(lab.build({ keep: ['cache'] }).status, 0);
      assert.deepEqual(lab.readHome(), listTree({ cache: { f: file('shared\n', 0o400) } }));
    });

    test('an empty source removes the earlier one and leaves the rest to assemble', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      lab.putSource(first);
      assert.equal(lab.build().status, 0);
      const python = lab.build();
      assert.equal(python.status, 1);
      assert.match(python.stderr, /^mv: cannot stat '.*\/src\/\*': No such file or directory\n$/);
      assert.deepEqual(lab.readHome(), {});
    });

    test('a record with empty lines, unknown lines, and paths outside of its folders', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      const forged = [
        '',
        '../outside',
        lab.outside,
        '/',
        '//',
        './',
        './.',
        './..',
        './../outside',
        './a/../../outside',
        './link/precious.txt',
        `${lab.output}/../outside`,
        `${lab.output}/link/precious.txt`,
        `${lab.output}x`,
        '-rf',
        '*',
        './*',
        './$HOME',
        './.s2i-incremental',
        './.s2i-incremental/record',
      ].map((path) => `a ${path}`);
      lab.putHome({
        a: { b: '' },
        link: link(lab.outside),
        one: '',
        '.s2i-incremental': { record: recordText('', 'x ./a', ...forged, 'a ./one'), junk: '' },
      });
      writeTree(lab.output, { link: link(lab.outside), stays: '' }, lab.owner);
      const result = lab.build({ outputs: [lab.output] });
      assert.deepEqual([result.status, result.stderr], [0, '']);
      assert.deepEqual(lab.readHome(), listTree({ a: { b: '' }, link: link(lab.outside) }));
      assert.deepEqual(readTree(lab.output), listTree({ link: link(lab.outside), stays: '' }));
    });

    test('$HOME with spaces, globs and slashes at its end, reached through a symlink above it', (t) => {
      const lab = new Lab(t, shell);
      const odd = join(lab.home, 'a * [b]');
      lab.putHome({
        'a * [b]': { old: '', '.s2i-incremental': { record: recordText('a ./old') } },
        above: link(lab.home),
      });
      lab.installAssemble('#!/bin/sh\n');
      assert.equal(lab.build({ env: { HOME: `${odd}//` } }).status, 0);
      assert.equal(lab.build({ env: { HOME: join(lab.home, 'above', 'a * [b]') } }).status, 0);
      const { 'a * [b]/.s2i-incremental/record': _, ...rest } = lab.readHome();
      assert.deepEqual(
        rest,
        listTree({ 'a * [b]': { '.s2i-incremental': directory({}, 0o755) }, above: link(lab.home) }),
      );
    });

    test('without the wrapper the second build fails on mv', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(pythonAssemble(lab));
      lab.putSource(first);
      assert.equal(lab.buildUnwrapped().status, 0);
      lab.putSource(second);
      const result = lab.buildUnwrapped();
      assert.equal(result.status, 1);
      // The second wording is that of coreutils 9.2 and later.
      const lines = result.stderr
        .replaceAll(lab.root, '…')
        .replace(/^mv: cannot overwrite '…\/home\/(.+)': /gm, "mv: cannot move '…/src/$1' to '…/home/$1': ");
      assert.equal(
        lines,
        "mv: cannot move '…/src/.git' to '…/home/.git': Directory not empty\n" +
          "mv: cannot move '…/src/.s2i' to '…/home/.s2i': Directory not empty\n" +
          "mv: cannot move '…/src/lib' to '…/home/lib': Directory not empty\n",
      );
    });

    if (isRoot) {
      test('the next build runs as another uid of group 0', (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble(`${pythonAssemble(lab)}\nchmod -R g+rwX "$HOME"\n`);
        lab.putSource(first);
        assert.equal(lab.build().status, 0);
        const other = new Lab(t, shell, { uid: 1000650000, gid: 0 });
        writeScript(join(other.scripts, 'assemble'), pythonAssemble(other).replaceAll(other.home, lab.home));
        other.putSource(second);
        const result = other.build({ env: { HOME: lab.home } });
        assert.deepEqual([result.status, result.stderr], [0, '']);
        assert.deepEqual(lab.readHome(), listTree({ ...second, ...pythonInstalled }));
      });
    }
  });
}

for (const shell of shells) {
  // As in the .NET images: $HOME is /opt/app-root, and the working directory is its src.
  test(`a working directory inside $HOME is the work directory, under ${shell.name}`, (t) => {
    const lab = new Lab(t, shell);
    const beside = { src: { 'kept.cs': 'image' }, etc: { config: 'image' } };
    lab.putHome({ ...beside, work: {} });
    lab.installAssemble('#!/bin/sh\nmkdir -p bin\ncp -R "$1/." .\n');
    const build = () => lab.build({ cwd: join(lab.home, 'work'), args: [lab.source] });

    lab.putSource({ src: { 'one.cs': '1' }, etc: { old: '1' } });
    assert.equal(build().status, 0);
    lab.putSource({ src: { 'two.cs': '2' } });
    assert.equal(build().status, 0);
    assert.deepEqual(Object.keys(lab.readHome()).sort(), [
      'etc',
      'etc/config',
      'src',
      'src/kept.cs',
      'work',
      'work/.s2i-incremental',
      'work/.s2i-incremental/record',
      'work/bin',
      'work/src',
      'work/src/two.cs',
    ]);
  });
}
