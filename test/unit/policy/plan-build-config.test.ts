import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { planBuildConfig } from '../../../src/policy/plan-build-config.ts';
import { exampleBuildConfig } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';

const defaults = parseConfig('', {});
const key = 's2i-incremental.io/origin';
const strategy = exampleBuildConfig()['spec'] as { strategy: { sourceStrategy: JsonObject }; output: JsonObject };

/** The origin that is recorded of the recorded BuildConfig. */
function originWith(changes: JsonObject): string {
  return JSON.stringify({
    version: 1,
    strategy: 'Source',
    from: strategy.strategy.sourceStrategy['from'],
    incremental: null,
    scripts: null,
    output: strategy.output,
    env: ['FOO'],
    applied: { incremental: true },
    ...changes,
  });
}

function planOf(patch: JsonObject, yaml = '') {
  return planBuildConfig(frozen(exampleBuildConfig(patch)), yaml === '' ? defaults : parseConfig(yaml, {}));
}

function mutation(incremental: true | undefined, annotations: JsonObject) {
  return { kind: 'mutate', resource: 'buildconfigs', reason: 'opted_in', incremental, annotations, warnings: [] };
}

const nothing = { kind: 'skip', reason: 'nothing_to_do', warnings: [] };
const incremental = (value: unknown) => ({ spec: { strategy: { sourceStrategy: { incremental: value } } } });
const labelled = (value: string) => ({ metadata: { labels: { 's2i-incremental.io/incremental': value } } });
const recorded = { metadata: { annotations: { [key]: '{"version":1}' } } };

describe('planBuildConfig', () => {
  const unchanged = (value: unknown) => ({ [key]: originWith({ incremental: value, applied: {} }) });
  const rows: readonly [title: string, patch: JsonObject, yaml: string, expected: unknown][] = [
    ['absent', {}, '', mutation(true, { [key]: originWith({}) })],
    ['null', incremental(null), '', mutation(true, { [key]: originWith({}) })],
    ['true', incremental(true), '', mutation(undefined, unchanged(true))],
    ['false', incremental(false), '', mutation(undefined, unchanged(false))],
    ['absent, the label says false', labelled('false'), '', mutation(undefined, unchanged(null))],
    ['absent, the configuration says false', {}, 'incremental: {mode: "false"}', mutation(undefined, unchanged(null))],
    [
      'absent, the label says chain',
      labelled('chain'),
      'incremental: {mode: "false"}',
      mutation(true, { [key]: originWith({}) }),
    ],
    ['absent, recorded before', recorded, '', mutation(true, {})],
    ['true, recorded before', { ...recorded, ...incremental(true) }, '', nothing],
    ['absent, nothing may be changed', {}, 'buildConfig: {mutate: false}', nothing],
    ['true, nothing may be changed', incremental(true), 'buildConfig: {mutate: false}', nothing],
  ];
  for (const [title, patch, yaml, expected] of rows) {
    it(`incremental ${title}`, () => {
      assert.deepEqual(planOf(patch, yaml), expected);
    });
  }

  it('records what there is of scripts, env and output', () => {
    const { annotations } = planOf({
      spec: {
        output: null,
        strategy: {
          sourceStrategy: {
            scripts: 'http://own.example.com',
            from: null,
            env: [{ name: 'A', value: 'secret' }, { name: 'B' }],
          },
        },
      },
    }) as { annotations: JsonObject };
    assert.deepEqual(annotations, {
      [key]: originWith({ from: null, scripts: 'http://own.example.com', output: null, env: ['A', 'B'] }),
    });
  });
});

describe('the warnings of a BuildConfig', () => {
  const rows: readonly [title: string, patch: JsonObject, ...warnings: readonly string[]][] = [
    [
      'no history',
      { spec: { successfulBuildsHistoryLimit: 0 } },
      'successfulBuildsHistoryLimit: 0 leaves no Build to continue from; every build will be a full one',
    ],
    ['a short history', { spec: { successfulBuildsHistoryLimit: 1 } }],
    [
      'an unknown label',
      { metadata: { labels: { 's2i-incremental.io/timestamp-tag': 'maybe' } } },
      'label s2i-incremental.io/timestamp-tag: "maybe" is unknown, the default counts; allowed: true, false',
    ],
    ['a secret', { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'harbor' } } }],
    [
      'what is no secret',
      { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'My Secret' } } },
      'annotation s2i-incremental.io/pull-secret is not used, it is no name of a Secret: My Secret',
    ],
    ['a repository', { metadata: { annotations: { 's2i-incremental.io/output-repository': 'quay.example.com/app' } } }],
    [
      'what is no repository',
      { metadata: { annotations: { 's2i-incremental.io/output-repository': 'app' } } },
      'annotation s2i-incremental.io/output-repository is not used, it is no registry/path: app',
    ],
    [
      'no output',
      { spec: { output: { to: null } } },
      'spec.output.to is absent: the Build gets no tag and nothing can continue from it',
    ],
    [
      'an output by digest',
      { spec: { output: { to: { kind: 'DockerImage', name: 'app@sha256:0' } } } },
      'the output cannot get a tag, it names a digest: app@sha256:0',
    ],
    [
      'a password',
      { spec: { strategy: { sourceStrategy: { env: [{ name: 'URL', value: 'https://u:hunter2@example.com' }] } } } },
      'env URL: a URL with a password becomes part of the image; use a Secret',
    ],
  ];
  for (const [title, patch, ...warnings] of rows) {
    it(`of ${title}`, () => {
      assert.deepEqual(planOf(patch).warnings, warnings);
      assert.deepEqual(planOf(patch, 'buildConfig: {mutate: false}').warnings, warnings);
    });
  }

  it('are at most five, in one order', () => {
    const { warnings } = planOf({
      metadata: {
        labels: { 's2i-incremental.io/timestamp-tag': 'x', 's2i-incremental.io/incremental': 'x' },
        annotations: { 's2i-incremental.io/pull-secret': 'X', 's2i-incremental.io/output-repository': 'x' },
      },
      spec: {
        successfulBuildsHistoryLimit: 0,
        strategy: { sourceStrategy: { env: [{ name: 'URL', value: 'https://u:p@example.com' }] } },
      },
    });
    assert.deepEqual(
      warnings.map((text) => text.slice(0, 40)),
      [
        'label s2i-incremental.io/incremental: "x',
        'label s2i-incremental.io/timestamp-tag: ',
        'successfulBuildsHistoryLimit: 0 leaves n',
        'annotation s2i-incremental.io/output-rep',
        'annotation s2i-incremental.io/pull-secre',
      ],
    );
  });
});
