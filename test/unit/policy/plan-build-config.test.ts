import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import { type JsonObject, withValue } from '../../../src/openshift/json.ts';
import type { BuildConfigPlan } from '../../../src/policy/plan.ts';
import { planBuildConfig } from '../../../src/policy/plan-build-config.ts';
import type { RestoredBuildConfig } from '../../../src/policy/restore-build-config.ts';
import { exampleBuildConfig, exampleNamespace } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';

/** Without the wrapper, because its default causes a warning that has its own test. */
const quiet = { S2I_INCREMENTAL_ASSEMBLE_WRAPPER: 'false' };
const defaults = parseConfig('', quiet);
const key = 's2i-incremental.io/origin';
const strategy = exampleBuildConfig()['spec'] as { strategy: { sourceStrategy: JsonObject }; output: JsonObject };

/** The origin of the recorded BuildConfig. */
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

function planOf(
  patch: JsonObject,
  yaml = '',
  origin: RestoredBuildConfig['origin'] = 'none',
  namespace = exampleNamespace(),
) {
  const buildConfig = frozen(exampleBuildConfig(patch));
  return planBuildConfig({ buildConfig, origin }, namespace, yaml === '' ? defaults : parseConfig(yaml, quiet));
}

function mutation(incremental: true | undefined, annotations: JsonObject, changes: Partial<BuildConfigPlan> = {}) {
  const base = { kind: 'mutate', resource: 'buildconfigs', reason: 'opted_in', env: [], warnings: [] };
  return { ...base, incremental, annotations, ...changes };
}

const optedOut = mutation(undefined, {}, { reason: 'opted_out' });
const incremental = (value: unknown) => ({ spec: { strategy: { sourceStrategy: { incremental: value } } } });
const labelled = (value: string) => ({ metadata: { labels: { 's2i-incremental.io/incremental': value } } });

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
    ['absent, buildConfig.mutate false', {}, 'buildConfig: {mutate: false}', optedOut],
    ['true, buildConfig.mutate false', incremental(true), 'buildConfig: {mutate: false}', optedOut],
  ];
  for (const [title, patch, yaml, expected] of rows) {
    it(`returns the plan with incremental ${title}`, () => {
      assert.deepEqual(planOf(patch, yaml), expected);
    });
  }

  it('follows the user if it was recorded before', () => {
    assert.deepEqual(
      planOf(incremental(false), '', 'recorded'),
      mutation(undefined, unchanged(false), { reason: 'origin_updated' }),
    );
  });

  const left: readonly [title: string, patch: JsonObject, ...warnings: readonly string[]][] = [
    ['no label', { metadata: { labels: { 's2i-incremental.io/enabled': null } } }],
    ['the label false', { metadata: { labels: { 's2i-incremental.io/enabled': 'false' } } }],
    [
      'an unsupported value of the label',
      { metadata: { labels: { 's2i-incremental.io/enabled': 'yes' } } },
      'label s2i-incremental.io/enabled: unsupported value "yes", not opted in; allowed: true, false',
    ],
    [
      'another strategy',
      { spec: { strategy: { sourceStrategy: null } } },
      'label s2i-incremental.io/enabled has no effect: only Builds with Source strategy can be incremental',
    ],
  ];
  for (const [title, patch, ...warnings] of left) {
    it(`opts out with ${title}`, () => {
      assert.deepEqual(planOf(patch, '', 'recorded'), { ...optedOut, warnings });
    });
  }

  it('skips a BuildConfig with an unreadable origin, opted in or not', () => {
    const warning = 'annotation s2i-incremental.io/origin cannot be read: it is kept, and nothing is restored';
    const skip = { kind: 'skip', reason: 'origin_unreadable', warnings: [warning] };
    assert.deepEqual(planOf({}, '', 'unreadable'), skip);
    assert.deepEqual(planOf({ metadata: { labels: null } }, '', 'unreadable'), skip);
    assert.deepEqual(planOf({}, 'buildConfig: {mutate: false}', 'unreadable'), skip);
  });

  describe('planBuildConfig with buildConfig.injectEnv', () => {
    const yaml = `
buildConfig: {injectEnv: true}
assemble: {profiles: {python: {match: python, env: {FOO: theirs, PIP_INDEX_URL: "https://pypi.example.com/simple"}}}}`;
    const env = [{ name: 'PIP_INDEX_URL', value: 'https://pypi.example.com/simple' }];

    it('appends the missing variables of the profile', () => {
      const applied = { applied: { incremental: true, env } };
      assert.deepEqual(planOf({}, yaml), mutation(true, { [key]: originWith(applied) }, { env }));
    });

    it('appends none if the label says false', () => {
      const patch = { metadata: { labels: { 's2i-incremental.io/assemble-env': 'false' } } };
      assert.deepEqual(planOf(patch, yaml), mutation(true, { [key]: originWith({}) }));
    });
  });

  it('writes nothing if the annotations have no room for the record', () => {
    const { annotations } = planOf({}) as BuildConfigPlan;
    const left = 256 * 1024 - key.length - (annotations[key] ?? '').length - 'more'.length;
    const withMore = (more: string) => {
      const buildConfig = withValue(exampleBuildConfig(), ['metadata', 'annotations'], { more });
      return planBuildConfig({ buildConfig, origin: 'none' }, exampleNamespace(), defaults);
    };
    assert.equal(withMore('x'.repeat(left)).reason, 'opted_in');
    // Each of these characters has two bytes.
    const { reason, warnings } = withMore('é'.repeat(Math.ceil((left + 1) / 2)));
    assert.equal(reason, 'origin_too_large');
    assert.deepEqual(warnings, [
      'its annotations have no room for s2i-incremental.io/origin: the BuildConfig is unmodified',
    ]);
  });

  it('records empty values', () => {
    const buildConfig = exampleBuildConfig({ metadata: { annotations: null } });
    const changed = withValue(
      withValue(buildConfig, ['metadata', 'annotations'], {}),
      ['spec', 'strategy', 'sourceStrategy'],
      { env: [], incremental: null },
    );
    const { annotations } = planBuildConfig(
      { buildConfig: changed, origin: 'none' },
      exampleNamespace(),
      defaults,
    ) as BuildConfigPlan;
    assert.deepEqual(annotations, {
      [key]: originWith({ from: null, env: [], empty: { annotations: {}, env: [], incremental: null } }),
    });
  });

  it('records scripts, env and output', () => {
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

describe('planBuildConfig, warnings', () => {
  const rows: readonly [title: string, patch: JsonObject, ...warnings: readonly string[]][] = [
    [
      'successfulBuildsHistoryLimit: 0',
      { spec: { successfulBuildsHistoryLimit: 0 } },
      'successfulBuildsHistoryLimit: 0 keeps no Build to continue from: every build will be full',
    ],
    ['successfulBuildsHistoryLimit: 1', { spec: { successfulBuildsHistoryLimit: 1 } }],
    [
      'an unsupported value of a label',
      { metadata: { labels: { 's2i-incremental.io/timestamp-tag': 'maybe' } } },
      'label s2i-incremental.io/timestamp-tag: unsupported value "maybe", using the default; allowed: true, false',
    ],
    ['a pull Secret', { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'harbor' } } }],
    [
      'an invalid name of a pull Secret',
      { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'My Secret' } } },
      'annotation s2i-incremental.io/pull-secret is ignored, because it is not the name of a Secret: My Secret',
    ],
    ['a repository', { metadata: { annotations: { 's2i-incremental.io/output-repository': 'quay.example.com/app' } } }],
    [
      'an invalid repository',
      { metadata: { annotations: { 's2i-incremental.io/output-repository': 'app' } } },
      'annotation s2i-incremental.io/output-repository is ignored, not of the form registry/path: app',
    ],
    [
      'no output',
      { spec: { output: { to: null } } },
      'spec.output.to is absent: no image is pushed, so every build will be full',
    ],
    [
      'an output by digest',
      { spec: { output: { to: { kind: 'DockerImage', name: 'app@sha256:0' } } } },
      'the output gets no tag, because it has a digest: app@sha256:0',
    ],
    [
      'an image stream that is redirected',
      {
        metadata: { annotations: { 's2i-incremental.io/output-repository': 'quay.example.com/app' } },
        spec: { output: { to: { kind: 'ImageStreamTag', name: 'app:latest' } } },
      },
      'image change triggers on app:latest stop firing: its Builds are pushed to another repository',
    ],
    ['an image stream', { spec: { output: { to: { kind: 'ImageStreamTag', name: 'app:latest' } } } }],
    [
      'a password',
      { spec: { strategy: { sourceStrategy: { env: [{ name: 'URL', value: 'https://u:hunter2@example.com' }] } } } },
      'env URL: a URL with a password becomes part of the image; put it into source.secrets',
    ],
  ];
  for (const [title, patch, ...warnings] of rows) {
    it(`are given, or not, for ${title}`, () => {
      assert.deepEqual(planOf(patch).warnings, warnings);
      assert.deepEqual(planOf(patch, 'buildConfig: {mutate: false}').warnings, warnings);
    });
  }

  const full = 'every build will be full: ';
  const byUrl = 'assemble: {baseUrl: "https://scripts.example.com/s2i"}';
  const sourceStrategy = (settings: JsonObject) => ({ spec: { strategy: { sourceStrategy: settings } } });
  const own = sourceStrategy({ scripts: 'https://example.com/scripts' });
  const without: readonly [title: string, yaml: string, patch: JsonObject, ...warnings: readonly string[]][] = [
    ['a wrapper that is delivered', byUrl, {}],
    [
      'a wrapper without an address',
      '',
      {},
      `${full}the webhook delivers no assemble wrapper; its admin can set assemble.baseUrl or assemble.image`,
    ],
    [
      'scripts of its own',
      byUrl,
      own,
      `${full}it sets scripts; set the label s2i-incremental.io/assemble-wrapper=false if they handle chains`,
    ],
    [
      'scripts that handle chains',
      byUrl,
      { ...own, metadata: { labels: { 's2i-incremental.io/assemble-wrapper': 'false' } } },
    ],
    [
      'a proxy',
      byUrl,
      sourceStrategy({ env: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example.com' }] }),
      `${full}its env has a proxy, through which build pods cannot fetch the assemble wrapper`,
    ],
    [
      'a Secret in the source folder',
      byUrl,
      { spec: { source: { secrets: [{ secret: { name: 'npm' }, destinationDir: '/tmp/src' }] } } },
      `${full}a Secret of its source is put into /tmp/src; use a relative destinationDir`,
    ],
    [
      'a source with the folder of the wrapper',
      'assemble: {image: scripts.example.com/s2i}',
      { spec: { source: { images: [{ paths: [{ destinationDir: '.s2i-incremental-scripts' }] }] } } },
      `${full}its source is absent, or already has the folder of the assemble wrapper`,
    ],
    ['incremental: false', '', incremental(false)],
    ['the label incremental: false', '', labelled('false')],
  ];
  for (const [title, yaml, patch, ...warnings] of without) {
    it(`are given, or not, for ${title}`, () => {
      const { warnings: given } = planBuildConfig(
        { buildConfig: exampleBuildConfig(patch), origin: 'none' },
        exampleNamespace(),
        parseConfig(yaml, {}),
      );
      assert.deepEqual(given, warnings);
      assert.ok(warnings.every((text) => text.length <= 120));
    });
  }

  it('are at most five, in a fixed order', () => {
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
        'label s2i-incremental.io/incremental: un',
        'label s2i-incremental.io/timestamp-tag: ',
        'successfulBuildsHistoryLimit: 0 keeps no',
        'annotation s2i-incremental.io/output-rep',
        'annotation s2i-incremental.io/pull-secre',
      ],
    );
  });
});
