/** The repository for visitors and the release: names, pins, and links to the home page. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { type JsonObject, arrayAt, at, objectAt, stringAt } from '../../src/openshift/json.ts';
import { checkout } from './image-store.ts';

const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
const workflows = readdirSync(join(checkout, '.github/workflows'));

describe('workflows', () => {
  for (const file of workflows) {
    const workflow = parse(read(`.github/workflows/${file}`)) as JsonObject;
    const jobs = Object.values(objectAt(workflow, 'jobs') ?? {});
    const steps = jobs.flatMap((job) => arrayAt(job, 'steps') ?? []);

    it(`${file}: pins each action by commit, with its version as a comment`, () => {
      const used = [...read(`.github/workflows/${file}`).matchAll(/uses: (.*)$/gm)].map(([, action]) => action ?? '');
      assert.equal(used.length, steps.filter((step) => at(step, 'uses') !== undefined).length);
      for (const action of used) assert.match(action, /^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it(`${file}: has read-only permissions by default, and timeouts`, () => {
      assert.deepEqual(workflow['permissions'], { contents: 'read' });
      for (const job of jobs) assert.ok(Number(at(job, 'timeout-minutes')) > 0);
    });

    it(`${file}: puts no foreign text into a script`, () => {
      const scripts = steps.map((step) => stringAt(step, 'run') ?? '');
      const expressions = scripts.flatMap((script) => script.match(/\$\{\{.*?\}\}/g) ?? []);
      assert.deepEqual(
        [...new Set(expressions)].filter((text) => text !== '${{ matrix.platform }}'),
        [],
      );
    });
  }

  it('run the same checks as developers, on the oldest and newest supported Node.js', () => {
    const run = at(parse(read('.github/workflows/ci.yaml')), 'jobs', 'run');
    assert.deepEqual(at(run, 'strategy', 'matrix', 'node'), ['22', '24']);
    assert.ok((arrayAt(run, 'steps') ?? []).some((step) => stringAt(step, 'run')?.endsWith(' .ci/run')));
  });
});

describe('names in the repository', () => {
  const home = 'https://github.com/s2i-incremental/s2i-incremental-webhook';

  it('of the home page are the same everywhere', () => {
    const { repository } = JSON.parse(read('package.json')) as { repository: { url: string } };
    assert.equal(repository.url, `git+${home}.git`);
    const chart: unknown = parse(read('charts/s2i-incremental-webhook/Chart.yaml'));
    assert.deepEqual([at(chart, 'home'), at(chart, 'sources')], [home, [home]]);
    const files = [
      'Dockerfile',
      'SECURITY.md',
      'deploy/openshift/build.yaml',
      'charts/s2i-incremental-webhook/README.md',
    ];
    for (const file of files) assert.ok(read(file).includes(home), file);
  });

  it('of base images are complete, have a digest, and are the same everywhere', () => {
    const complete =
      /^(?:docker\.io\/library\/node:24\.21\.0-bookworm-slim|registry\.access\.redhat\.com\/ubi9\/nodejs-24-minimal)@sha256:[0-9a-f]{64}$/;
    const dockerfile = read('Dockerfile');
    const [, debian = ''] = /^ARG NODE=(.*)$/m.exec(dockerfile) ?? [];
    const [, ubi = ''] = /--build-arg NODE=(\S+)/.exec(dockerfile) ?? [];
    assert.match(debian, complete);
    assert.match(ubi, complete);
    const objects = parseAllDocuments(read('deploy/openshift/build.yaml')).map(
      (document) => document.toJSON() as JsonObject,
    );
    const args = objects.flatMap((object) => arrayAt(object, 'spec', 'strategy', 'dockerStrategy', 'buildArgs') ?? []);
    const inline = objects.map((object) => stringAt(object, 'spec', 'source', 'dockerfile') ?? '').join('');
    assert.equal(
      at(
        args.find((arg) => at(arg, 'name') === 'NODE'),
        'value',
      ),
      ubi,
    );
    assert.equal(/^FROM (\S+) AS scripts$/m.exec(inline)?.[1], ubi);
    for (const name of read('docs/install.md').match(/registry\.access\.redhat\.com\/\S+/g) ?? [])
      assert.equal(name, ubi);
  });

  it('of Node.js in the plugins equal those of the image and the dev dependency', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    const [, version] = /^const nodeVersion = '(.*)';$/m.exec(read('hack/plugin.ts')) ?? [];
    assert.deepEqual(
      [version, /library\/node:([\d.]+)-/.exec(read('Dockerfile'))?.[1]],
      [devDependencies.node, devDependencies.node],
    );
    assert.ok(read('.github/workflows/release.yaml').includes(`node-version: ${devDependencies.node}\n`));
  });
});

describe('documents', () => {
  const files = execFileSync('git', ['ls-files', '*.md'], { cwd: checkout, encoding: 'utf8' }).trim().split('\n');

  it('have no line of more than 120 characters, except for tables, addresses and single words', () => {
    const long = files.flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => line.length > 120 && !/^\||https:\/\/|^\s*\S+$/.test(line))
        .map((line) => `${file}: ${line}`),
    );
    assert.deepEqual(long, []);
  });

  it('have no link to a missing file or heading', () => {
    const headings = (file: string) =>
      new Set(
        [
          ...read(file)
            .replaceAll(/^```[^]*?^```$/gm, '')
            .matchAll(/^#+ (.*)$/gm),
        ].map(([, heading = '']) =>
          heading
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
            .replaceAll(' ', '-'),
        ),
      );
    const broken: string[] = [];
    for (const file of files) {
      const text = read(file)
        .replaceAll(/^```[^]*?^```$/gm, '')
        .replaceAll(/`[^`\n]*`/g, '');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [path = '', anchor] = target.split('#');
        const other = path === '' ? file : join(file, '..', path);
        try {
          if (anchor !== undefined && !headings(other).has(anchor)) broken.push(`${file}: ${target}`);
          else if (anchor === undefined) execFileSync('test', ['-e', join(checkout, other)]);
        } catch {
          broken.push(`${file}: ${target}`);
        }
      }
    }
    assert.deepEqual(broken, []);
  });
});
