/** Chains of real images, built with S2I, equal a full build of the last commit. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { differencesOf } from '../helpers/builder-image.ts';
import { type Tree, file, link } from '../helpers/file-tree.ts';
import { ownPackage } from '../helpers/python-project.ts';
import { ImageStore } from '../release/image-store.ts';
import { type Builder, buildBuilder } from './builders.ts';
import { readImage, runImage, s2iBuild } from './s2i.ts';
import { scriptsInSource, scriptsOutOfImage, serveScripts } from './scripts.ts';

const store = new ImageStore();

/** Returns an npm package as a file. */
function npmPackage(name: string): string {
  const folder = mkdtempSync(join(store.folder, 'npm-'));
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'package/package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
  writeFileSync(join(folder, 'package/index.js'), `module.exports = '${name}';\n`);
  execFileSync('tar', ['-czf', join(folder, 'package.tgz'), '--sort=name', '--mtime=@0', '-C', folder, 'package']);
  return readFileSync(join(folder, 'package.tgz'), 'latin1');
}

function nodeProject(version: string, dependencies: readonly string[], more: Tree): Tree {
  const vendor = Object.fromEntries(dependencies.map((name) => [`${name}.tgz`, npmPackage(name)]));
  const names = Object.fromEntries(dependencies.map((name) => [name, `file:vendor/${name}.tgz`]));
  const scripts = { build: 'mkdir -p dist build && cp lib/* dist/ && ls > build/seen' };
  return {
    'package.json': JSON.stringify({ name: 'shop', version, scripts, dependencies: names }),
    'app.js': `console.log(${JSON.stringify(version)}, ${dependencies.map((name) => `require('${name}')`).join(', ')});\n`,
    vendor,
    lib: { [`lib-${version}.js`]: '' },
    ...more,
  };
}

function pythonProject(version: string, requirements: string, more: Tree): Tree {
  return {
    'requirements.txt': requirements,
    'app.py': `import flask, shop\nprint(${JSON.stringify(version)}, flask.version)\n`,
    ...more,
  };
}

interface Chain {
  readonly builder: Builder;
  readonly commits: readonly Tree[];
  readonly printed: string;
  /** The known differences, listed in docs/wrapper.md. */
  readonly known: readonly string[];
  /** How the wrapper is delivered. */
  readonly delivery: (t: TestContext) => Promise<{ scripts: string; more: Tree }>;
}

const git = (head: string): Tree => ({ '.git': { HEAD: head, objects: { aa: 'a' } } });

const chains: readonly Chain[] = [
  {
    builder: 'python',
    commits: [
      pythonProject('1', 'flask==1\nrequests\n', {
        ...git('1'),
        ...ownPackage('shop', 'old', 'kept'),
        '.s2i': { environment: 'KEPT=1\n' },
        'file-folder': 'file',
        'folder-link': { inner: '' },
        link: link('app.py'),
        '.hidden': { '.deep': '' },
      }),
      pythonProject('2', 'flask==1\n', {
        ...git('2'),
        ...ownPackage('shop', 'kept'),
        '.s2i': { environment: 'KEPT=1\n', bin: { run: file('#!/bin/sh\nexec cat pip.ini\n', 0o755) } },
        'file-folder': { inner: 'folder' },
        'folder-link': link('file-folder'),
        link: 'file',
      }),
      pythonProject('3', 'flask==2\nbase_tool\n', {
        ...git('3'),
        ...ownPackage('shop', 'new'),
        '.s2i': { environment: 'KEPT=1\n' },
        'folder-link': 'file',
      }),
    ],
    printed: '3 2',
    known: ['only chained: /tmp/scripts/run'],
    delivery: async (t) => {
      const { address, stop } = await serveScripts(store);
      t.after(stop);
      return { scripts: address, more: {} };
    },
  },
  {
    builder: 'nodejs',
    commits: [
      nodeProject('1.0.0', ['left', 'right'], { ...git('1'), 'file-folder': 'file', '.env': 'A=1' }),
      nodeProject('2.0.0', ['left', 'up'], { ...git('2'), 'file-folder': { inner: '' }, dist: { committed: '' } }),
      nodeProject('3.0.0', ['up'], { ...git('3'), 'file-folder': link('lib') }),
    ],
    printed: '3.0.0 up',
    known: [],
    delivery: async () => ({ scripts: scriptsInSource, more: await scriptsOutOfImage(store, 'nodejs') }),
  },
];

const buildImage = 'io.openshift.s2i.build.image';

/** Returns labels as if each build had its source in the same folder. */
function namedAlike(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.replace(/\/build-[a-z]+-[a-z0-9]+\//, '/build/')]),
  );
}

describe('chained and full image, built by S2I', () => {
  for (const { builder, commits, printed, known, delivery } of chains) {
    it(`${builder}: are equal`, async (t) => {
      const image = await buildBuilder(store, builder);
      const { scripts, more } = await delivery(t);
      const build = async (name: string, from: string, commit: number) => {
        const source = { ...commits[commit], ...more };
        const env = { OPENSHIFT_BUILD_NAMESPACE: 'shop', OPENSHIFT_BUILD_NAME: `web-${commit + 1}` };
        const secret = { files: { token: `secret of ${name}` }, at: 'secret' };
        const { status, log } = await s2iBuild(store, name, { from, source, scripts, env, secret });
        assert.equal(status, 'built', log);
        assert.doesNotMatch(log, /s2i-incremental: /);
        return log;
      };
      let from = image;
      for (const commit of commits.keys()) {
        const log = await build(`${builder}-${commit}`, from, commit);
        assert.match(log, commit === 0 ? /^No record of an earlier build/m : /^Removed, left by earlier builds: /m);
        from = `localhost/${builder}-${commit}`;
      }
      await build(`${builder}-full`, image, commits.length - 1);

      const [chained, full] = [await readImage(store, from), await readImage(store, `localhost/${builder}-full`)];
      assert.deepEqual(differencesOf(chained.files, full.files), known);
      const { files: _, layers, labels, ...rest } = chained;
      const { files: __, layers: fullLayers, labels: fullLabels, ...fullRest } = full;
      assert.deepEqual(rest, fullRest);
      // The label that differs names the image that the build started from.
      assert.deepEqual(namedAlike(labels), { ...namedAlike(fullLabels), [buildImage]: labels[buildImage] });
      assert.equal(layers, fullLayers + commits.length - 1);
      assert.equal(await runImage(store, from), printed);
      assert.equal(await runImage(store, `localhost/${builder}-full`), printed);
    });
  }
});
