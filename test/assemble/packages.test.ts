// Python packages in a chain of builds equal those of a full build, with the real pip in a virtual environment.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Lab, type Scope, shells } from '../helpers/assemble-lab.ts';
import { BuilderImage, differencesOf } from '../helpers/builder-image.ts';
import type { Tree } from '../helpers/file-tree.ts';
import { type Wheel, makeWheels, ownPackage } from '../helpers/python-project.ts';

const wheels: Wheel[] = [
  [
    'flask',
    '1',
    ['werkzeug', 'click; python_version > "3"', 'never; python_version < "3"', 'async_lib; extra == "async"'],
    ['async'],
  ],
  ['flask', '2', ['werkzeug'], []],
  ['werkzeug', '1', [], []],
  ['click', '1', ['colors'], []],
  ['colors', '1', [], []],
  ['async_lib', '1', [], []],
  ['requests', '1', ['urllib3'], []],
  ['urllib3', '1', [], []],
  ['urllib3', '2', [], []],
  ['Base.Tool', '1', ['colors'], []],
  ['Dotted.Name', '1', [], []],
];

class PythonLab {
  readonly lab: Lab;
  readonly image: BuilderImage;
  readonly venv: string;
  readonly env: Record<string, string>;

  constructor(scope: Scope, shell: (typeof shells)[number], base: string[] = []) {
    // The user who runs the tests, because others may have no access to the machine's Python.
    const lab = new Lab(scope, shell, { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 });
    this.lab = lab;
    this.venv = join(lab.root, 'venv');
    const folder = join(lab.root, 'wheels');
    mkdirSync(folder);
    makeWheels(folder, wheels);
    execFileSync('python3', ['-m', 'venv', this.venv]);
    const pip = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_NO_CACHE_DIR: '1' };
    this.env = { ...pip, PATH: `${join(this.venv, 'bin')}:${lab.tools}` };
    if (base.length > 0) {
      execFileSync(join(this.venv, 'bin/pip'), ['install', '-q', ...base], { env: { ...process.env, ...pip } });
    }
    lab.installAssemble(`#!/bin/bash
set -e
PATH=$PATH:/usr/bin:/bin
shopt -s dotglob
mv ${lab.source}/* ./
if [ -f requirements.txt ]; then pip install -r requirements.txt; fi
if [ -f pyproject.toml ]; then pip install .; fi
`);
    this.image = new BuilderImage(lab, [lab.home, lab.source, this.venv]);
  }

  build(source: Tree): string {
    this.lab.putSource(source);
    const { status, stdout, stderr } = this.lab.build({ env: this.env, profile: 'python' });
    assert.equal(status, 0, stdout + stderr);
    return stdout.split('\n').find((line) => line.startsWith('Uninstalled')) ?? '';
  }

  installed(): string[] {
    const { stdout } = spawnSync(join(this.venv, 'bin/pip'), ['list', '--format=freeze'], { encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line !== '' && !/^(?:pip|setuptools)=/.test(line));
  }

  read() {
    // Compiled files contain times.
    return Object.fromEntries(
      Object.entries(this.image.read()).map(([path, entry]) => [path, path.endsWith('.pyc') ? 'compiled' : entry]),
    );
  }

  assertEqualToFullBuild(source: Tree): void {
    const chained = this.read();
    this.image.restore();
    this.build(source);
    assert.deepEqual(differencesOf(chained, this.read()), []);
  }
}

for (const shell of shells.filter(({ name }) => name === 'busybox sh')) {
  describe(`wrapper, Python packages under ${shell.name}`, () => {
    test('uninstalls packages that no requirement file needs', (t) => {
      const python = new PythonLab(t, shell, ['Base.Tool']);
      const steps: [requirements: string, uninstalled: string, installed: string[]][] = [
        [
          'flask==1\nrequests\n',
          '',
          ['Base.Tool==1', 'click==1', 'colors==1', 'flask==1', 'requests==1', 'urllib3==2', 'werkzeug==1'],
        ],
        // A comment, a marker, an extra: nothing changes.
        [
          'Flask[async] == 1 # web\nrequests ; python_version > "3"\nnever; python_version < "3"\n',
          '',
          [
            'async_lib==1',
            'Base.Tool==1',
            'click==1',
            'colors==1',
            'flask==1',
            'requests==1',
            'urllib3==2',
            'werkzeug==1',
          ],
        ],
        // The extra is removed, another version is installed.
        [
          'flask==1\nrequests\nurllib3==1\n',
          'async-lib urllib3',
          ['Base.Tool==1', 'click==1', 'colors==1', 'flask==1', 'requests==1', 'urllib3==1', 'werkzeug==1'],
        ],
        // Packages that flask 2 no longer needs are removed, except those of the image.
        [
          '--no-index\nflask>=2\n-c limits.txt\ndotted_name\n',
          'click flask requests urllib3 werkzeug',
          ['Base.Tool==1', 'colors==1', 'Dotted.Name==1', 'flask==2', 'werkzeug==1'],
        ],
        ['-r more.txt\n', 'dotted-name', ['Base.Tool==1', 'colors==1', 'flask==2', 'werkzeug==1']],
      ];
      const last: Tree = { 'limits.txt': 'flask<3\n', 'more.txt': 'flask\n' };
      for (const [requirements, uninstalled, installed] of steps) {
        const line = python.build({ ...last, 'requirements.txt': requirements });
        assert.equal(line.replace(/^.*: ?/, ''), uninstalled, requirements);
        assert.deepEqual(python.installed(), installed, requirements);
      }
      python.assertEqualToFullBuild({ ...last, 'requirements.txt': '-r more.txt\n' });
      assert.equal(python.build({ 'app.py': '' }).replace(/^.*: ?/, ''), 'flask werkzeug');
      assert.deepEqual(python.installed(), ['Base.Tool==1', 'colors==1']);
    });

    test("reinstalls the project's package without deleted modules and old names", (t) => {
      const python = new PythonLab(t, shell);
      const requirements = { 'requirements.txt': 'flask==1\n' };
      python.build({ ...requirements, ...ownPackage('shop', 'old', 'kept') });
      const two = { ...requirements, ...ownPackage('shop', 'kept') };
      assert.match(python.build(two), /: shop$/);
      python.assertEqualToFullBuild(two);
      const three = { ...requirements, ...ownPackage('store', 'kept') };
      python.build({ ...requirements, ...ownPackage('shop', 'old') });
      python.build(three);
      assert.deepEqual(python.installed(), ['click==1', 'colors==1', 'flask==1', 'store==1', 'werkzeug==1']);
      python.assertEqualToFullBuild(three);
    });

    test('reads lock files and pyproject.toml', (t) => {
      const python = new PythonLab(t, shell, ['flask==1', 'requests']);
      const rows: [file: string, text: string, uninstalled: string][] = [
        ['none', '', 'requests urllib3'],
        ['poetry.lock', '[[package]]\nname = "requests"\nversion = "1"\n', ''],
        ['uv.lock', '[[package]]\nname = "requests"\nversion = "2"\n', 'requests urllib3'],
        ['pylock.toml', '[[packages]]\nname = "urllib3"\nversion = "2"\n', 'requests'],
        ['Pipfile.lock', '{"default": {"requests": {"version": "==1"}, "urllib3": {"version": "==1"}}}', 'urllib3'],
        ['pyproject.toml', '[project]\nname = "a"\ndependencies = ["requests>=1"]\n', ''],
        ['pyproject.toml', 'not toml', 'requests urllib3'],
        ['setup.cfg', '[options]\ninstall_requires =\n  requests\n', ''],
        ['setup.py', 'setup(install_requires=["requests>=1", "other"])', ''],
        ['setup.py', 'not Python', 'requests urllib3'],
        ['requirements-dev.txt', 'requests', 'requests urllib3'],
      ];
      const { lab } = python;
      writeFileSync(join(lab.root, 'known'), 'pip\nsetuptools\n');
      const script = readFileSync(new URL('../../src/assemble/shell/packages.py', import.meta.url), 'utf8');
      for (const [file, text, uninstalled] of rows) {
        lab.emptySource();
        lab.putSource({ 'requirements.txt': 'flask==1', [file]: text });
        const { stdout, stderr } = spawnSync(
          join(python.venv, 'bin/python3'),
          ['-I', '-B', '-', 'plan', lab.source, join(lab.root, 'known')],
          { input: script, encoding: 'utf8' },
        );
        assert.deepEqual([stderr, stdout.trim().replaceAll('\n', ' ')], ['', uninstalled], `${file}: ${text}`);
      }
    });

    test("ignores modules of the source named like Python's", (t) => {
      const python = new PythonLab(t, shell);
      const source: Tree = {
        'requirements.txt': 'flask==1\n',
        'json.py': 'raise SystemExit("not me")\n',
        're.py': 'raise SystemExit("not me")\n',
        pip: { '__init__.py': 'raise SystemExit("not me")\n' },
      };
      python.build({ 'requirements.txt': 'flask==1\nrequests\n' });
      assert.match(python.build(source), /: requests urllib3$/);
      python.assertEqualToFullBuild(source);
    });

    test('prints one line without Python, or if it fails', (t) => {
      const python = new PythonLab(t, shell);
      const source: Tree = { 'requirements.txt': '' };
      python.build({ 'requirements.txt': 'requests\n' });
      const broken = join(python.lab.root, 'broken');
      mkdirSync(broken);
      symlinkSync('/bin/false', join(broken, 'python3'));
      const { lab } = python;
      for (const [path, line] of [
        [`${broken}:${lab.tools}`, /^s2i-incremental: cannot find out which Python packages are not needed: /],
        [lab.tools, /^s2i-incremental: cannot find out which Python packages are not needed: /],
      ] as const) {
        lab.putSource(source);
        lab.installAssemble(`#!/bin/sh\n/bin/rm -rf ${lab.source}/*\n`);
        const { status, stderr } = lab.build({ env: { ...python.env, PATH: path }, profile: 'python' });
        assert.equal(status, 0);
        assert.match(stderr, line);
        assert.deepEqual(python.installed(), ['requests==1', 'urllib3==2']);
      }
      rmSync(join(lab.home, '.s2i-incremental'), { recursive: true });
      assert.equal(
        lab.build({ env: { PATH: lab.tools }, profile: 'python' }).stderr,
        's2i-incremental: there is no python: later builds cannot uninstall packages\n',
      );
    });
  });
}
