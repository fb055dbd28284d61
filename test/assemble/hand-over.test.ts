// Which assemble the wrapper runs, what it gets, and its exit code.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, type Start, shells, writeScript } from '../helpers/assemble-lab.ts';
import { type Tree, file, link, listTree, readTree } from '../helpers/file-tree.ts';

const report = `#!/bin/bash
printf '%s\\0' "$@" > arguments
/bin/cat > input
/usr/bin/env -0 > environment
pwd > directory
umask > mask
exit 7
`;

for (const shell of shells) {
  describe(`wrapper runs assemble under ${shell.name}`, () => {
    test('assemble gets the arguments, stdin, environment, directory and umask of the wrapper, and its exit code counts', (t) => {
      const start = {
        args: ['', 'a b', '*', '-e', 'new\nline', "it's"],
        stdin: 'input\nwithout a last newline',
        // The script's own variable names, and variables that change the behaviour of shells.
        env: {
          name: '1',
          line: '2',
          home: '3',
          source: '4',
          state: '5',
          list: '6',
          reason: '7',
          removed: '8',
          encoded: '9',
          inner: '10',
          newline: '11',
          own: '12',
          other: '13',
          wrapper: '17',
          path: '18',
          work_dir: '19',
          scratch: '20',
          keep: '21',
          outputs: '22',
          mounts: '23',
          output: '24',
          entry: '25',
          rest: '26',
          replaced: '27',
          survivors: '28',
          profile: '14',
          version: '15',
          clean: '16',
          LC_ALL: 'C.UTF-8',
          IFS: 'e',
          CDPATH: '/',
          BASH_ENV: '/nowhere',
          ENV: '/nowhere',
          OLDPWD: '/',
          PIP_INDEX_URL: 'https://pypi.example.com/simple',
        },
      };
      const [direct, wrapped] = [new Lab(t, shell), new Lab(t, shell)];
      const reports = [direct, wrapped].map((lab) => {
        lab.installAssemble(report);
        const result = lab === direct ? lab.buildUnwrapped(start) : lab.build(start);
        assert.equal(result.status, 7);
        const read = (name: string): string => readFileSync(join(lab.home, name), 'utf8').replaceAll(lab.root, '…');
        return {
          arguments: read('arguments'),
          input: read('input'),
          directory: read('directory'),
          mask: read('mask'),
          // Every shell in between counts SHLVL up and sets _; none inherits IFS.
          variables: read('environment')
            .split('\0')
            .filter((pair) => !/^(SHLVL|_|IFS)=/.test(pair))
            .sort(),
        };
      });
      assert.deepEqual(reports[1], reports[0]);
      assert.ok(reports[0]?.variables.includes('name=1'));
      assert.equal(reports[0]?.arguments, "\0a b\0*\0-e\0new\nline\0it's\0");
    });

    for (const [signal, code] of [
      ['TERM', 143],
      ['KILL', 137],
    ] as const) {
      test(`an assemble that SIG${signal} ends gives ${code}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble(`#!/bin/sh\nkill -${signal} $$\n`);
        const result = lab.build();
        assert.equal(result.status, code);
        assert.match(result.stdout, new RegExp(`\nAfter assemble ${lab.scripts}/assemble, rc ${code}, \\d+ s\n$`));
      });
    }

    test('an assemble may remove the source', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(`#!/bin/sh\n/bin/rm -r ${lab.source}\n`);
      lab.putSource({ a: '' });
      const result = lab.build();
      assert.deepEqual([result.status, result.stderr], [0, '']);
      assert.doesNotMatch(result.stdout, /Removed what/);
    });

    test('a failed assemble keeps the source, and a record with the state begun', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\nexit 3\n');
      lab.putSource({ a: '' });
      assert.equal(lab.build().status, 3);
      assert.deepEqual(Object.keys(readTree(lab.source)), ['a']);
      assert.equal(lab.readRecord()?.at(-1), 'begun');
    });

    for (const [name, setUp] of [
      ['its run', (lab: Lab) => lab.installRun(`#!/bin/sh\ncd ${lab.source}\n`)],
      ['a link', (lab: Lab) => lab.putHome({ app: link(join(lab.source, 'a')) })],
    ] as const) {
      test(`the source is kept if the image uses it: ${name}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\n');
        setUp(lab);
        lab.putSource({ a: '' });
        const { status, stderr } = lab.build();
        assert.deepEqual(
          { status, stderr },
          {
            status: 0,
            stderr: `s2i-incremental: the image uses ${lab.source}: what is deleted from git comes back there until the next full build\n`,
          },
        );
        assert.deepEqual(Object.keys(readTree(lab.source)), ['a']);
      });
    }

    test('scripts that came as part of the source are removed before assemble', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(`#!/bin/bash\nPATH=/usr/bin:/bin\nshopt -s dotglob\nmv ${lab.source}/* ./\n`);
      lab.putSource({ a: '', '.s2i-incremental-scripts': { assemble: 'x', run: 'y' } });
      assert.equal(lab.build().status, 0);
      assert.deepEqual(lab.readHome(), listTree({ a: '' }));
    });

    test('the source is beside the scripts, wherever S2I was told to put both', (t) => {
      const lab = new Lab(t, shell);
      const elsewhere = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      writeScript(join(lab.delivered, 'assemble'), elsewhere.wrapper().replaceAll(elsewhere.scripts, lab.scripts));
      lab.putSource({ a: '' });
      assert.equal(lab.startDelivered('assemble').status, 0);
      assert.deepEqual(lab.readRecord(), ['s2i-incremental record 1', 's ./a', 'whole']);
    });

    const own = '#!/bin/sh\necho "own assemble $0" "$@"\nexit 5\n';
    test("the repository's assemble may be in .sti", (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\necho image\n');
      lab.putSource({ '.sti': { bin: { assemble: own } } });
      const result = lab.build();
      assert.deepEqual([result.status, result.stderr], [5, '']);
      assert.match(result.stdout, new RegExp(`\nown assemble ${lab.source}/.sti/bin/assemble\n`));
    });

    const users: { name: string; bin: Tree }[] = [
      { name: 'executable', bin: { assemble: file(own, 0o755) } },
      { name: 'not executable, as a checkout may leave it', bin: { assemble: file(own, 0o644) } },
      { name: 'a symlink', bin: { assemble: link('../../build.sh') } },
    ];
    for (const { name, bin } of users) {
      test(`the user's assemble wins over the image's: ${name}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\necho image\n');
        lab.putSource({ '.s2i': { bin }, 'build.sh': file(own, 0o755) });
        const result = lab.build({ args: ['x'] });
        assert.deepEqual(
          [result.status, result.stderr, result.stdout.split('\n')[2]],
          [5, '', `own assemble ${lab.source}/.s2i/bin/assemble x`],
        );
      });
    }

    for (const [name, bin] of [
      ['absent', {}],
      ['a directory', { assemble: {} }],
      ['a dangling symlink', { assemble: link('no') }],
    ] as [string, Tree][]) {
      test(`the image's assemble runs if the user's is ${name}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installAssemble('#!/bin/sh\necho image\n');
        lab.putSource({ '.s2i': { bin } });
        const result = lab.build();
        assert.deepEqual([result.status, result.stderr, result.stdout.split('\n')[2]], [0, '', 'image']);
      });
    }

    test('a repository may contain the wrapper, in this or another version', (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(
        `#!/bin/bash\nPATH=/usr/bin:/bin\nset -e\nshopt -s dotglob\nmv ${lab.source}/* ./\necho image "$@"\n`,
      );
      for (const text of [lab.wrapper(), `${lab.wrapper()}# another version\n`]) {
        const source = { '.s2i': { bin: { assemble: file(text, 0o755) } }, 'app.py': '' };
        lab.putSource(source);
        const result = lab.build({ args: ['x'] });
        assert.deepEqual(
          [result.status, result.stderr, result.stdout.split('\n').filter((line) => line.startsWith('image'))],
          [0, '', ['image x']],
        );
        assert.deepEqual(lab.readHome(), listTree(source));
      }
    });

    test("the user's run is kept, executable, and removed with the source that had it", (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble(`#!/bin/bash\nPATH=/usr/bin:/bin\nrm -rf ${lab.source}/.s*\n`);
      const kept = () => readTree(join(lab.home, '.s2i-incremental'))['run'];
      for (const [folder, text] of [
        ['.s2i', 'one'],
        ['.sti', 'two'],
      ] as const) {
        lab.putSource({ [folder]: { bin: { run: text } } });
        assert.equal(lab.build().status, 0);
        assert.equal(kept(), `file 775 ${text}`);
      }
      lab.putSource({ '.s2i': { bin: {} } });
      assert.equal(lab.build().status, 0);
      assert.equal(kept(), undefined);
    });
  });

  describe(`wrapper's run under ${shell.name}`, () => {
    const ownRun = '#!/bin/sh\necho "own $0" "$@"\necho $$\n';
    const imageRun = '#!/bin/sh\necho "image $0" "$@"\n';

    test("starts the user's kept run", (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      lab.installRun(imageRun);
      lab.putSource({ '.s2i': { bin: { run: ownRun } } });
      assert.equal(lab.build().status, 0);
      const { status, stdout, stderr } = lab.run({ args: ['a b', ''] });
      assert.match(stdout, new RegExp(`^own ${lab.home}/.s2i-incremental/run a b \n\\d+\n$`));
      assert.deepEqual([status, stderr], [0, '']);
    });

    for (const [name, start] of [
      ['without a kept one', {}],
      ['with HOME unset', { env: { HOME: undefined } }],
    ] as [string, Start][]) {
      test(`starts the image's run ${name}`, (t) => {
        const lab = new Lab(t, shell);
        lab.installRun(imageRun);
        assert.deepEqual(lab.run({ args: ['a b', ''], ...start }), {
          status: 0,
          stdout: `image ${lab.scripts}/run a b \n`,
          stderr: '',
        });
      });
    }

    test('finds the scripts in the folder that the image names', (t) => {
      const lab = new Lab(t, shell);
      const env = { STI_SCRIPTS_PATH: lab.output };
      writeScript(join(lab.output, 'run'), imageRun);
      writeScript(join(lab.output, 'assemble'), '#!/bin/sh\necho image $0\n');
      assert.deepEqual(lab.run({ env }), { status: 0, stdout: `image ${lab.output}/run\n`, stderr: '' });
      const built = lab.build({ env });
      assert.deepEqual([built.status, built.stderr], [0, '']);
      assert.match(built.stdout, new RegExp(`\nimage ${lab.output}/assemble\n`));
    });

    test('reports a missing run', (t) => {
      const lab = new Lab(t, shell);
      const line = (name: string) =>
        `s2i-incremental: there is no ${name}, neither in ${lab.scripts} nor in /usr/libexec/s2i and /usr/local/s2i\n`;
      assert.deepEqual(lab.run(), { status: 127, stdout: '', stderr: line('run') });
      assert.deepEqual(lab.build(), { status: 127, stdout: '', stderr: line('assemble') });
    });

    test("starts the user's run in the source if none could be kept", (t) => {
      const lab = new Lab(t, shell);
      lab.installRun(imageRun);
      lab.putHome({ '.s2i': { bin: { run: file(ownRun, 0o755) } } });
      assert.match(lab.run().stdout, /^own /);
      rmSync(join(lab.home, '.s2i'), { recursive: true });
      lab.putSource({ '.sti': { bin: { run: file(ownRun, 0o755) } } });
      assert.match(lab.run().stdout, /^own /);
    });

    test("starts the image's run if the kept one is this script, or another version of it", (t) => {
      const lab = new Lab(t, shell);
      lab.installAssemble('#!/bin/sh\n');
      lab.installRun(imageRun);
      for (const text of [lab.wrapperRun(), `${lab.wrapperRun()}# another version\n`]) {
        lab.emptySource();
        lab.putSource({ '.s2i': { bin: { run: text } } });
        assert.equal(lab.build().status, 0);
        assert.deepEqual(lab.run(), { status: 0, stdout: `image ${lab.scripts}/run\n`, stderr: '' });
      }
    });

    test('is replaced by the real run, in the same process', (t) => {
      const lab = new Lab(t, shell);
      lab.installRun('#!/bin/sh\nkill -TERM $$\n');
      assert.equal(lab.run().status, null);
    });
  });
}

test('starts by its first line', (t) => {
  const lab = new Lab(t, shells[0]);
  lab.installAssemble('#!/bin/sh\necho image "$@"\n');
  assert.equal(lab.build().status, 0);
  const { status, stdout } = spawnSync(join(lab.delivered, 'assemble'), ['x'], {
    env: { HOME: lab.home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout.split('\n')[2]], [0, 'image x']);
});
