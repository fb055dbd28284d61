import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { fileURLToPath } from 'node:url';
import { applyPatch } from '../../src/admission/patch.ts';
import type { PatchOperation } from '../../src/admission/review.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/openshift/json.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../helpers/fixtures.ts';
import { runCommand } from '../helpers/terminal.ts';

const now = ['--now', '2026-01-31T12:00:00Z'];

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'objects.yaml');
  writeFileSync(file, text);
  return file;
}

const bare = { metadata: { managedFields: null, creationTimestamp: null }, status: null };
const build = merge(
  exampleBuild({ metadata: { name: 'api-2', annotations: { 'openshift.io/build.number': '2' } } }),
  bare,
);
const complete = exampleBuild({
  status: { phase: 'Complete', output: { to: { imageDigest: `sha256:${'1'.repeat(64)}` } } },
});
const chained = { environment: { S2I_INCREMENTAL_ASSEMBLE_WRAPPER: 'false' } };

describe('preview', () => {
  it('shows aligned changes and the reason', async (t) => {
    const file = fileWith(t, stringify(build));
    const history = fileWith(t, stringify({ kind: 'List', items: [complete, exampleBuildConfig()] }));
    const { status, stdout, stderr } = await runCommand(['preview', '-f', file, '--history', history, ...now], chained);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const base =
      'image-registry.openshift-image-registry.svc:5000/test/python@sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2';
    const lines = stdout.split('\n').filter((line) => !line.includes('s2i-incremental.io/origin'));
    const ours = 'metadata.annotations.s2i-incremental.io';
    const strategy = 'spec.strategy.sourceStrategy';
    const repository = 'harbor.example.com/test/pyflask';
    assert.deepEqual(lines, [
      'Build/api-2  Incremental build: it continues from the image of api-1. (continued)',
      `  ${ours}/decision        + incremental`,
      `  ${ours}/reason          + continued`,
      `  ${ours}/mode            + chain`,
      `  ${ours}/previous-build  + api-1`,
      `  ${ours}/chain-depth     + 1`,
      `  ${ours}/chain-started   + 2026-01-31T12:00:00Z`,
      `  ${ours}/admitted-as     + api-2`,
      `  ${strategy}.from.name                  - ${base}`,
      `${' '.repeat(58)}+ ${repository}@sha256:${'1'.repeat(64)}`,
      `  ${strategy}.incremental                + false`,
      `  ${strategy}.pullSecret.name            + harbor-push`,
      `  spec.output.to.name                                     - ${repository}:20180705132658`,
      `${' '.repeat(58)}+ ${repository}:20260131120000`,
      '',
    ]);
  });

  it('prints objects as YAML and JSON, and patches', async (t) => {
    const file = fileWith(t, `${stringify(build)}---\n${stringify(exampleBuildConfig())}`);
    const run = async (format: string) =>
      (await runCommand(['preview', '-f', file, '-o', format, ...now], chained)).stdout;
    const [yaml, json, patch] = (await Promise.all(['yaml', 'json', 'patch'].map(run))) as [string, string, string];
    const fromYaml = yaml.split('---\n').map((text) => parse(text) as unknown);
    const fromJson = json.split(/^(?=\{)/m).map((text) => JSON.parse(text) as unknown);
    const patches = patch.split(/^(?=\[)/m).map((text) => JSON.parse(text) as PatchOperation[]);
    assert.equal(fromYaml.length, 2);
    assert.deepEqual(fromJson, fromYaml);
    assert.deepEqual(
      [build, exampleBuildConfig()].map((object, index) => applyPatch(object as never, patches[index] ?? [])),
      fromYaml,
    );
  });

  it('reads standard input', async () => {
    const { status, stdout } = await runCommand(['preview', '-f', '-', ...now], { input: JSON.stringify(build) });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^Build\/api-2 {2}Full build: the assemble wrapper is wanted but cannot be delivered to it\. \(wrapper_unavailable\)\n/,
    );
  });

  const files = fileURLToPath(new URL('../fixtures/files/', import.meta.url));
  /** Returns the title lines of a preview, without reasons. */
  const titlesIn = (text: string) => text.split('\n').filter((line) => /^Build(?:Config)?\//.test(line));

  it('reads the objects of a Template, with the values of its parameters and its labels', async () => {
    const run = (format: string) => runCommand(['preview', '-f', `${files}template.yaml`, '-o', format, ...now]);
    const { status, stdout, stderr } = await run('diff');
    assert.deepEqual(
      [status, titlesIn(stdout), stderr],
      [
        0,
        [
          'BuildConfig/api${SUFFIX}  Opted in: its original settings are recorded, so that they can be restored. (opted_in)',
        ],
        `${files}template.yaml: skipped other kinds: 1 ImageStream\n`,
      ],
    );
    const object = parse((await run('yaml')).stdout) as JsonObject;
    assert.deepEqual(objectAt(object, 'metadata', 'labels'), {
      's2i-incremental.io/enabled': 'true',
      template: 'api-build',
    });
    assert.equal(stringAt(object, 'spec', 'output', 'to', 'name'), 'harbor.example.com/het/api:${VERSION}');
  });

  it('skips other kinds in a manifest', async () => {
    const { status, stdout, stderr } = await runCommand(['preview', '-f', `${files}whole-manifest.yaml`]);
    assert.deepEqual([status, titlesIn(stdout).length], [0, 1]);
    assert.match(stdout, /^BuildConfig\/shop {2}Opted in: /);
    assert.equal(stderr, `${files}whole-manifest.yaml: skipped other kinds: 1 ImageStream, 1 Service\n`);
  });

  it('opts in the objects of a Namespace with the label, with its other labels as defaults', async (t) => {
    const namespace = (name: string, labels: object) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
    const buildConfig = (name: string, space: string, enabled: string | null) =>
      exampleBuildConfig({ metadata: { name, namespace: space, labels: { 's2i-incremental.io/enabled': enabled } } });
    const items = [
      buildConfig('plain', 'in', null),
      buildConfig('out', 'in', 'false'),
      buildConfig('own', 'in', 'true'),
      merge(build, { metadata: { namespace: 'in', labels: { 's2i-incremental.io/enabled': null } } }),
      buildConfig('elsewhere', 'other', null),
      buildConfig('labelled', 'other', 'true'),
      namespace('in', { 's2i-incremental.io/enabled': 'true', 's2i-incremental.io/timestamp-tag': 'maybe' }),
      namespace('other', { 's2i-incremental.io/timestamp-tag': 'maybe' }),
    ];
    const file = fileWith(t, stringify({ kind: 'List', items }));
    const { status, stdout, stderr } = await runCommand(['preview', '-f', file, ...now], chained);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.deepEqual(
      titlesIn(stdout).map((title) => title.replace(/^(\S+) .* \((\w+)\)$/, '$1 $2')),
      [
        'BuildConfig/plain nothing_to_do',
        'BuildConfig/out not_opted_in',
        'BuildConfig/own opted_in',
        'Build/api-2 history_unavailable',
        'BuildConfig/elsewhere not_opted_in',
        'BuildConfig/labelled opted_in',
      ],
    );
    const ignored =
      '  Warning: namespace\'s label s2i-incremental.io/timestamp-tag: unsupported value "maybe", using the default; ' +
      'allowed: true, false';
    assert.deepEqual(stdout.match(/^ {2}Warning: .*/gm), [ignored, ignored, ignored]);
  });

  it('warns that the wrapper cannot be delivered only with a configuration', async (t) => {
    const file = fileWith(t, stringify(exampleBuildConfig()));
    const warningsWith = async (...args: readonly string[]) => {
      const { stdout } = await runCommand(['preview', '-f', file, ...args]);
      return stdout.match(/^ {2}Warning: .*/gm);
    };
    assert.equal(await warningsWith(), null);
    const config = fileWith(t, 'log: {level: info}');
    assert.deepEqual(await warningsWith('--config', config), [
      '  Warning: every build will be full: the webhook delivers no assemble wrapper; its admin can set assemble.baseUrl or assemble.image',
    ]);
  });

  it('reads an old export with nested Lists, the legacy group and nulls', async () => {
    const { status, stdout, stderr } = await runCommand(['preview', '-f', `${files}legacy-list.yaml`]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.deepEqual(
      titlesIn(stdout).map((title) => title.replace(/^(\S+) .* \((\w+)\)$/, '$1 $2')),
      [
        'BuildConfig/legacy opted_in',
        'BuildConfig/notype opted_in',
        'BuildConfig/dockerstrategy strategy_unsupported',
        'BuildConfig/custom strategy_unsupported',
        'BuildConfig/jenkins strategy_unsupported',
        'BuildConfig/onlytype strategy_unsupported',
        'BuildConfig/chained opted_in',
      ],
    );
  });

  const wrong: readonly [name: string, text: string, message: RegExp][] = [
    [
      'other kinds alone',
      'kind: Pod\n---\nkind: Build\napiVersion: shipwright.io/v1beta1\n---\nkind: Pod',
      /^.*objects\.yaml: skipped other kinds: 2 Pod, 1 Build of shipwright\.io\/v1beta1\ns2i-incremental: .*objects\.yaml: no BuildConfig and no Build\n$/,
    ],
    [
      'a bad second document',
      'kind: Build\napiVersion: build.openshift.io/v1\n---\nkind: [',
      /^s2i-incremental: .*objects\.yaml, document 2: no valid YAML: /,
    ],
    [
      'something without a kind in a list',
      'kind: List\nitems: [{kind: Build, apiVersion: v1}, {}]',
      /^s2i-incremental: .*objects\.yaml, document 1, item 2: has no kind\n$/,
    ],
    [
      'a malformed object in a Template',
      'kind: Template\napiVersion: v1\nobjects: [{kind: Build, apiVersion: v1, spec: "${A}"}]',
      /^s2i-incremental: .*objects\.yaml, document 1, object 1: spec must be a map; is a string\n$/,
    ],
    ['an alias to nothing', 'a: *x', /^s2i-incremental: .*objects\.yaml, document 1: no valid YAML: /],
    ['no object', '7', /objects\.yaml, document 1: must be an object; is a number\n$/],
    ['no version', 'kind: Build', /document 1: has no apiVersion\n$/],
    [
      'another version',
      'kind: Build\napiVersion: v2',
      /document 1: apiVersion must be build\.openshift\.io\/v1; is v2\n$/,
    ],
    [
      'labels that are none',
      'kind: Build\napiVersion: v1\nmetadata: {labels: [x]}',
      /document 1: metadata\.labels must be a map; is a list\n$/,
    ],
    [
      'a label that is no text',
      'kind: Build\napiVersion: v1\nmetadata: {labels: {s2i-incremental.io/enabled: true}}',
      /document 1: metadata\.labels\.s2i-incremental\.io\/enabled must be a text, in quotes; is true\n$/,
    ],
    ['a spec that is none', 'kind: Build\napiVersion: v1\nspec: x', /document 1: spec must be a map; is a string\n$/],
    ['nothing', '', /^s2i-incremental: .*objects\.yaml: holds no object\n$/],
  ];
  for (const [name, text, message] of wrong) {
    it(`reports where a file has ${name}`, async (t) => {
      const { status, stdout, stderr } = await runCommand(['preview', '-f', fileWith(t, text)]);
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
      assert.match(stderr, message);
    });
  }

  const usage: readonly [args: readonly string[], message: RegExp][] = [
    [[], /-f FILE is missing/],
    [['-f', '-', '--history', '-'], /standard input \(-\) can be read only once/],
    [['-f', 'x', '-o', 'xml'], /-o must be one of diff, yaml, json, patch; is "xml"/],
    [['-f', 'x', '--now', 'noon'], /--now must be a time such as 2026-01-31T12:00:00Z; is "noon"/],
  ];
  for (const [args, message] of usage) {
    it(`rejects preview ${args.join(' ')}`, async () => {
      const { status, stderr } = await runCommand(['preview', ...args]);
      assert.equal(status, 2);
      assert.match(stderr, message);
    });
  }
});
