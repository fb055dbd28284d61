import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../../src/config/config.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import type {
  BuildConfigFacts,
  BuildConfigHistory,
  Facts,
  NamespaceFacts,
  PreviousBuild,
} from '../../../src/policy/facts.ts';
import type { BuildPlan } from '../../../src/policy/plan.ts';
import { type BuildPlanRequest, planBuild } from '../../../src/policy/plan-build.ts';
import { exampleBuild, exampleNamespace } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { frozen } from '../frozen.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const base =
  'image-registry.openshift-image-registry.svc:5000/test/python@sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2';
const previous: PreviousBuild = {
  name: 'api-0',
  number: 0,
  image: `harbor.example.com/test/pyflask@${digest}`,
  chainDepth: 2,
  chainStarted: Date.parse('2026-01-30T09:00:00.500Z'),
  chainFullSeconds: 90,
  createdAt: undefined,
  savedNothing: false,
  hadWrapper: true,
  inputs: '',
  isTooLarge: false,
  baseImage: `DockerImage/${base}`,
  source: 'https://git.example.com/test/pyflask ',
  envNames: ['FOO', 'X'],
};
const buildConfig: BuildConfigFacts = {
  optedIn: true,
  outputRepository: undefined,
  pullSecret: undefined,
  incremental: undefined,
};
const nothing = { outcomes: [], numbers: [], scriptsFailedAt: () => undefined };
const past: BuildConfigHistory = { buildConfig, hasBuilds: true, previous, references: new Set(), ...nothing };
const none: BuildConfigHistory = {
  buildConfig,
  hasBuilds: false,
  previous: undefined,
  references: new Set(),
  ...nothing,
};

const profiles = 'assemble: {wrapper: false, profiles: {python: {match: python, env: {A: "1", FOO: mine, B: "2"}}}}';

function facts(history: Facts['history']): Facts {
  return { history, issuedUpTo: () => undefined, isProxied: false, previousImage: 'unchecked', baseDigest: undefined };
}

function planOf(changes: Partial<BuildPlanRequest> & { readonly history?: Facts['history']; readonly yaml?: string }) {
  const { history, yaml, ...request } = changes;
  return planBuild({
    build: frozen(exampleBuild()),
    isClone: false,
    namespace: exampleNamespace(),
    facts: facts('history' in changes ? history : past),
    config: parseConfig(yaml ?? 'assemble: {wrapper: false}', {}),
    scriptsVersion: '0123456789ab',
    now: testNow,
    ...request,
  });
}

/** Returns the plan, which must be a mutation. */
function mutation(changes: Parameters<typeof planOf>[0]): BuildPlan {
  const plan = planOf(changes);
  assert.ok(plan.kind === 'mutate');
  return plan;
}

const origin =
  `{"version":1,"from":{"kind":"DockerImage","name":"${base}"},"incremental":null,"scripts":null,"pullSecret":null,` +
  '"output":{"kind":"DockerImage","name":"harbor.example.com/test/pyflask:20180705132658"},"pushSecret":{"name":"harbor-push"},';

describe('planBuild', () => {
  it('plans the first Build', () => {
    assert.deepEqual(planOf({ history: none, yaml: profiles }), {
      kind: 'mutate',
      resource: 'builds',
      decision: 'full',
      reason: 'first_build',
      previous: undefined,
      from: undefined,
      incremental: false,
      pullSecret: undefined,
      scripts: undefined,
      imageSource: undefined,
      output: { kind: 'DockerImage', name: 'harbor.example.com/test/pyflask:20260131120000' },
      pushSecret: undefined,
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      annotations: {
        's2i-incremental.io/origin': `${origin}"env":["A","B"],"values":["1","2"]}`,
        's2i-incremental.io/decision': 'full',
        's2i-incremental.io/reason': 'first_build',
        's2i-incremental.io/mode': 'chain',
        's2i-incremental.io/origin-from': `DockerImage/${base}`,
        's2i-incremental.io/previous-build': null,
        's2i-incremental.io/chain-depth': '0',
        's2i-incremental.io/chain-started': '2026-01-31T12:00:00Z',
        's2i-incremental.io/chain-full-seconds': null,
        's2i-incremental.io/admitted-as': 'api-1',
      },
      issued: {
        tag: '20260131120000',
        series: 'harbor.example.com/test/pyflask:{timestamp}',
        position: testNow / 1000,
      },
      savesNothing: undefined,
      warnings: [],
    });
  });

  describe('planBuild, base image by tag', () => {
    const name = 'harbor.example.com/python:3.12';
    const [first, second] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
    const build = exampleBuild({ spec: { strategy: { sourceStrategy: { from: { kind: 'DockerImage', name } } } } });
    const after = (baseImage: string): BuildConfigHistory => ({ ...past, previous: { ...previous, baseImage } });
    const recordedWith = (history: BuildConfigHistory, baseDigest: string | undefined) => {
      const { reason, annotations, from } = mutation({ build, facts: { ...facts(history), baseDigest } });
      return { reason, recorded: annotations['s2i-incremental.io/origin-from'], from: from?.name };
    };
    const key = `DockerImage/${name}`;
    const rows: readonly [history: BuildConfigHistory, digest: string | undefined, reason: string, recorded: string][] =
      [
        [none, undefined, 'first_build', key],
        [none, first, 'first_build', `${key}@${first}`],
        [after(key), undefined, 'continued', key],
        [after(key), first, 'continued', `${key}@${first}`],
        [after(`${key}@${first}`), first, 'continued', `${key}@${first}`],
        [after(`${key}@${first}`), undefined, 'continued', `${key}@${first}`],
        [after(`${key}@${first}`), second, 'base_image_changed', `${key}@${second}`],
      ];
    for (const [history, digest, reason, recorded] of rows) {
      it(`is recorded after ${history.previous?.baseImage ?? 'no Build'}, with ${digest ?? 'no digest'}`, () => {
        const from = reason === 'continued' ? previous.image : undefined;
        assert.deepEqual(recordedWith(history, digest), { reason, recorded, from });
      });
    }
  });

  it('plans an incremental Build', () => {
    assert.deepEqual(planOf({}), {
      kind: 'mutate',
      resource: 'builds',
      decision: 'incremental',
      reason: 'continued',
      previous,
      from: { kind: 'DockerImage', name: previous.image },
      incremental: false,
      pullSecret: { name: 'harbor-push' },
      scripts: undefined,
      imageSource: undefined,
      output: { kind: 'DockerImage', name: 'harbor.example.com/test/pyflask:20260131120000' },
      pushSecret: undefined,
      env: [],
      annotations: {
        's2i-incremental.io/origin': `${origin}"env":[],"values":[]}`,
        's2i-incremental.io/decision': 'incremental',
        's2i-incremental.io/reason': 'continued',
        's2i-incremental.io/mode': 'chain',
        's2i-incremental.io/origin-from': `DockerImage/${base}`,
        's2i-incremental.io/previous-build': 'api-0',
        's2i-incremental.io/chain-depth': '3',
        's2i-incremental.io/chain-started': '2026-01-30T09:00:00Z',
        's2i-incremental.io/chain-full-seconds': '90',
        's2i-incremental.io/admitted-as': 'api-1',
      },
      issued: {
        tag: '20260131120000',
        series: 'harbor.example.com/test/pyflask:{timestamp}',
        position: testNow / 1000,
      },
      savesNothing: undefined,
      warnings: [],
    });
  });

  it('starts the chain now if its start is unknown', () => {
    const { annotations } = mutation({ history: { ...past, previous: { ...previous, chainStarted: undefined } } });
    assert.equal(annotations['s2i-incremental.io/chain-started'], '2026-01-31T12:00:00Z');
  });

  it('keeps the age of the last chain with reason saves_nothing', () => {
    const history = { ...past, previous: { ...previous, savedNothing: true } };
    const { decision, reason, annotations } = mutation({
      history,
      yaml: '{incremental: {minSaving: 5s}, assemble: {wrapper: false}}',
    });
    assert.deepEqual([decision, reason], ['full', 'saves_nothing']);
    assert.equal(annotations['s2i-incremental.io/chain-started'], '2026-01-30T09:00:00Z');
    assert.equal(annotations['s2i-incremental.io/chain-depth'], '0');
  });
});

describe('planBuild, savesNothing', () => {
  const outcome = (seconds: number) => {
    return { name: '', continued: true, succeeded: true, failedAt: undefined, seconds, chainFullSeconds: 40 };
  };
  const slow = [41, 50, 39].map(outcome);
  const chain: BuildConfigHistory = { ...past, previous: { ...previous, number: 4, chainDepth: 3 }, outcomes: slow };
  const numbers = (...all: readonly number[]) => all.map((number) => ({ number, createdAt: undefined }));
  const rows: readonly [title: string, changes: Partial<BuildConfigHistory>, expected: unknown][] = [
    ['is set in the Build after the third incremental one', {}, { full: 40, incremental: 41 }],
    [
      'is set if the incremental Builds took as long as the full one',
      { outcomes: [40, 40, 40].map(outcome) },
      { full: 40, incremental: 40 },
    ],
    ['is set if all other Builds have lower numbers', { numbers: numbers(1, 4) }, { full: 40, incremental: 41 }],
    ['is undefined if a second is saved', { outcomes: [39, 39, 41].map(outcome) }, undefined],
    ['is undefined after two incremental Builds', { previous: { ...previous, chainDepth: 2 } }, undefined],
    ['is undefined after four incremental Builds', { previous: { ...previous, number: 4, chainDepth: 4 } }, undefined],
    ['is undefined in the second of two queued Builds', { numbers: numbers(4, 5) }, undefined],
  ];
  for (const [title, changes, expected] of rows) {
    it(title, () => {
      const yaml = '{incremental: {maxAge: 999h}, assemble: {wrapper: false}}';
      assert.deepEqual(mutation({ history: { ...chain, ...changes }, yaml }).savesNothing, expected);
    });
  }

  it('is not reported once full builds follow', () => {
    const yaml = '{incremental: {minSaving: 1s}, assemble: {wrapper: false}}';
    const { reason, savesNothing } = mutation({ history: chain, yaml });
    assert.deepEqual([reason, savesNothing], ['saves_nothing', undefined]);
  });
});

describe('planBuild, incremental field', () => {
  const off = { metadata: { labels: { 's2i-incremental.io/incremental': 'false' } } };
  const clean = { spec: { strategy: { sourceStrategy: { incremental: false } } } };
  const asks = { ...past, buildConfig: { ...buildConfig, incremental: false } };
  const rows: readonly [
    patch: JsonObject,
    history: Facts['history'],
    reason: string,
    auto: unknown,
    asTrue: unknown,
  ][] = [
    [off, past, 'incremental_off', undefined, undefined],
    [clean, past, 'clean_build_requested', undefined, undefined],
    [clean, asks, 'incremental_off', undefined, undefined],
    [{}, undefined, 'no_build_config', false, true],
    [{}, 'unavailable', 'history_unavailable', false, true],
    [{}, none, 'first_build', false, true],
    [{}, { ...past, previous: undefined }, 'no_previous_image', false, true],
    [{}, { ...past, previous: { ...previous, source: '' } }, 'source_changed', false, true],
    [{}, past, 'continued', false, true],
  ];
  for (const [patch, history, reason, auto, asTrue] of rows) {
    it(`is ${String(auto)} at ${reason}, or ${String(asTrue)} with flag "true"`, () => {
      const build = exampleBuild(patch);
      const plans = ['auto', 'true'].map((flag) =>
        mutation({ build, history, yaml: `incremental: {flag: "${flag}"}\nassemble: {wrapper: false}` }),
      );
      assert.deepEqual(
        plans.map((plan) => [plan.reason, plan.incremental]),
        [
          [reason, auto],
          [reason, asTrue],
        ],
      );
    });
  }

  it('is unmodified in mode off', () => {
    const yaml = 'incremental: {mode: "false", flag: "true"}';
    const build = exampleBuild({ spec: { strategy: { sourceStrategy: { incremental: true } } } });
    const { incremental, annotations } = mutation({ build, yaml });
    assert.deepEqual([incremental, annotations['s2i-incremental.io/mode']], [undefined, 'false']);
  });
});

describe('planBuild, chain', () => {
  it('uses the limits of the configuration', () => {
    const reasonWith = (limits: string) =>
      mutation({ yaml: `incremental: {${limits}}\nassemble: {wrapper: false}` }).reason;
    assert.deepEqual(['maxDepth: 3', 'maxDepth: 2', 'maxAge: 28h', 'maxAge: 26h'].map(reasonWith), [
      'continued',
      'chain_depth_reached',
      'continued',
      'chain_age_reached',
    ]);
  });

  it("compares env names including the profile's", () => {
    const history = { ...past, previous: { ...previous, envNames: ['FOO', 'X', 'A', 'B'] } };
    assert.equal(mutation({ history, yaml: profiles }).reason, 'continued');
    assert.equal(mutation({ history }).reason, 'env_removed');
  });

  it('restarts if base image or source changed', () => {
    const from = { kind: 'DockerImage', name: 'python:3.13' };
    const rebased = exampleBuild({ spec: { strategy: { sourceStrategy: { from } } } });
    assert.equal(mutation({ build: rebased }).reason, 'base_image_changed');
    assert.equal(
      mutation({ build: exampleBuild({ spec: { source: { contextDir: 'sub' } } }) }).reason,
      'source_changed',
    );
    assert.equal(mutation({ build: exampleBuild({ spec: { source: { git: { ref: 'v2' } } } }) }).reason, 'continued');
  });

  it('requires the wrapper unless the label says otherwise', () => {
    const yaml = 'assemble: {wrapper: true}';
    const build = exampleBuild({ metadata: { labels: { 's2i-incremental.io/assemble-wrapper': 'false' } } });
    assert.equal(mutation({ yaml }).reason, 'wrapper_unavailable');
    assert.equal(mutation({ yaml, build }).reason, 'continued');
  });
});

describe('planBuild, clone', () => {
  const optedOut = { ...past, buildConfig: { ...buildConfig, optedIn: false } };
  it('is skipped once its BuildConfig has opted out', () => {
    assert.deepEqual(planOf({ isClone: true, history: optedOut }), {
      kind: 'skip',
      reason: 'build_config_opted_out',
      warnings: [],
    });
  });

  const rows: readonly [title: string, isClone: boolean, history: Facts['history']][] = [
    ['a Build of a BuildConfig that opted out this moment', false, optedOut],
    ['a clone of an opted-in BuildConfig', true, past],
    ['a clone whose BuildConfig is gone', true, { ...past, buildConfig: undefined }],
    ['a clone whose history cannot be read', true, 'unavailable'],
    ['a clone without BuildConfig', true, undefined],
  ];
  const unsaid = { ...past, buildConfig: { ...buildConfig, optedIn: undefined } };
  const read = { labels: { 's2i-incremental.io/enabled': 'true' } };
  const byNamespace: readonly [history: Facts['history'], namespace: NamespaceFacts, kind: 'skip' | 'mutate'][] = [
    [unsaid, exampleNamespace(), 'skip'],
    [unsaid, exampleNamespace({ optedIn: true }), 'mutate'],
    [unsaid, exampleNamespace(read), 'mutate'],
    [optedOut, exampleNamespace({ ...read, optedIn: true }), 'skip'],
  ];
  for (const [history, namespace, kind] of byNamespace) {
    it(`follows its namespace if its BuildConfig has no label: ${JSON.stringify(namespace)}, ${kind}`, () => {
      assert.equal(planOf({ isClone: true, history, namespace }).kind, kind);
    });
  }
  for (const [title, isClone, history] of rows) {
    it(`is planned: ${title}`, () => {
      assert.equal(planOf({ isClone, history }).kind, 'mutate');
    });
  }
});

describe('planBuild, pull Secret', () => {
  const here = exampleBuild({
    spec: {
      strategy: { sourceStrategy: { from: { name: 'harbor.example.com/python:3' }, pullSecret: { name: 'there' } } },
    },
  });
  const fromHere = { ...past, previous: { ...previous, baseImage: 'DockerImage/harbor.example.com/python:3' } };
  const annotatedAs = (pullSecret: string): BuildConfigHistory => ({
    ...past,
    buildConfig: { ...buildConfig, pullSecret },
  });
  const rows: readonly [title: string, changes: Parameters<typeof planOf>[0], expected: BuildPlan['pullSecret']][] = [
    ['is the annotated one', { history: annotatedAs('note') }, { name: 'note' }],
    ['is not an annotated one that cannot be', { history: annotatedAs('No Secret') }, { name: 'harbor-push' }],
    [
      'is the configured one',
      { yaml: 'incremental: {pullSecret: given}\nassemble: {wrapper: false}' },
      { name: 'given' },
    ],
    ['is the one that is there', { build: here, history: fromHere }, { name: 'there' }],
    ['is the push secret', {}, { name: 'harbor-push' }],
    [
      'is the push secret that the output is redirected with',
      {
        build: exampleBuild({
          spec: { output: { to: { kind: 'ImageStreamTag', name: 'app:1' }, pushSecret: { name: 'internal' } } },
        }),
        yaml: 'output: {imageStreamRepository: harbor.example.com/all, pushSecret: given}\nassemble: {wrapper: false}',
      },
      { name: 'given' },
    ],
    ['is removed', { build: exampleBuild({ spec: { output: { to: { name: 'quay.example.com/app:1' } } } }) }, null],
    ['stays in a full build', { build: here, history: none }, undefined],
  ];
  for (const [title, changes, expected] of rows) {
    it(title, () => {
      assert.deepEqual(mutation(changes).pullSecret, expected);
    });
  }
});

describe('planBuild, output', () => {
  it('uses the annotation of the BuildConfig, and the configured push Secret', () => {
    const yaml = 'output: {pushSecret: given}';
    const history = { ...none, buildConfig: { ...buildConfig, outputRepository: 'quay.example.com/own' } };
    const build = exampleBuild({ spec: { output: { pushSecret: null } } });
    const { output, pushSecret } = mutation({ yaml, history, build });
    assert.deepEqual(
      [output, pushSecret],
      [{ kind: 'DockerImage', name: 'quay.example.com/own:20260131120000' }, { name: 'given' }],
    );
  });

  it('is an unmodified image stream while the annotation cannot be read', () => {
    const yaml = 'output: {imageStreamRepository: quay.example.com/all}';
    const build = exampleBuild({ spec: { output: { to: { kind: 'ImageStreamTag', name: 'app:1' } } } });
    assert.equal(mutation({ yaml, build, history: 'unavailable' }).output, undefined);
    assert.deepEqual(mutation({ yaml, build, history: none }).output, {
      kind: 'DockerImage',
      name: 'quay.example.com/all:20260131120000',
    });
  });

  it('skips references of other Builds and issued tags', () => {
    const references = new Set(['harbor.example.com/test/pyflask:20260131120001']);
    const issuedUpTo = () => testNow / 1000;
    const { output } = mutation({ facts: { ...facts({ ...none, references }), issuedUpTo } });
    assert.equal(output?.name, 'harbor.example.com/test/pyflask:20260131120002');
  });

  it('contains the number of the Build, or 0 without one', () => {
    const yaml = 'output: {tagFormat: "b{buildNumber}"}';
    const unnumbered = exampleBuild({ metadata: { annotations: { 'openshift.io/build.number': 'x' } } });
    assert.equal(mutation({ yaml }).output?.name, 'harbor.example.com/test/pyflask:b1');
    assert.equal(mutation({ yaml, build: unnumbered }).output?.name, 'harbor.example.com/test/pyflask:b0');
  });
});

describe('planBuild, env', () => {
  const withEnv = (env: unknown) => exampleBuild({ spec: { strategy: { sourceStrategy: { env } } } });
  it('gets missing variables if it is a list or absent', () => {
    const added = (env: unknown) => mutation({ build: withEnv(env), yaml: profiles }).env.map(({ name }) => name);
    assert.deepEqual([null, [], [{ name: 'B', value: 'x' }], [{ name: 'B' }], 'text', { name: 'B' }].map(added), [
      ['A', 'FOO', 'B'],
      ['A', 'FOO', 'B'],
      ['A', 'FOO'],
      ['A', 'FOO', 'B'],
      [],
      [],
    ]);
  });
});

describe('planBuild, warnings', () => {
  it('are at most five, for labels, output and env in this order, of at most 120 characters', () => {
    const unknown = ['incremental', 'timestamp-tag', 'assemble-env', 'assemble-wrapper'];
    const build = exampleBuild({
      metadata: { labels: Object.fromEntries(unknown.map((label) => [`s2i-incremental.io/${label}`, 'x'.repeat(63)])) },
      spec: {
        output: { to: { name: `harbor.example.com/test/pyflask@${digest}` } },
        strategy: { sourceStrategy: { env: [{ name: 'URL', value: 'https://u:p@example.com' }] } },
      },
    });
    const { warnings } = mutation({ build });
    assert.deepEqual(
      warnings.map((text) => text.slice(0, 44)),
      [
        'label s2i-incremental.io/incremental: unsupp',
        'label s2i-incremental.io/timestamp-tag: unsu',
        'label s2i-incremental.io/assemble-env: unsup',
        'label s2i-incremental.io/assemble-wrapper: u',
        'the output gets no tag, because it has a dig',
      ],
    );
    assert.deepEqual(
      warnings.filter((text) => text.length > 120),
      [],
    );
  });

  it('mention a password in the env', () => {
    const env = [
      ...(['FOO', 'X'] as const).map((name) => ({ name })),
      { name: 'URL', value: 'https://u:p@example.com' },
    ];
    assert.deepEqual(mutation({ build: exampleBuild({ spec: { strategy: { sourceStrategy: { env } } } }) }).warnings, [
      'env URL: a URL with a password becomes part of the image; put it into source.secrets',
    ]);
  });
});

describe('planBuild, inputs', () => {
  it('are not modified', () => {
    const config: Config = frozen({ ...parseConfig(profiles, {}) });
    assert.deepEqual(planOf({ config }), planOf({ config }));
  });
});
