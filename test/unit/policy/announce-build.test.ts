import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { announceBuild } from '../../../src/policy/announce-build.ts';
import type { BuildConfigHistory, BuildOutcome } from '../../../src/policy/facts.ts';
import { exampleBuildConfig, exampleNamespace, merge } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { previousBuild } from '../mutations/example-plan.ts';

const config = parseConfig('assemble: {wrapper: false}', {});
const base = `registry.example.com/python@sha256:${'1'.repeat(64)}`;
const previous = {
  ...previousBuild({ name: 'api-2', number: 2, image: `harbor.example.com/api@sha256:${'2'.repeat(64)}` }),
  baseImage: `DockerImage/${base}`,
  source: 'https://git.example.com/test/pyflask ',
  envNames: ['FOO'],
};
const past: BuildConfigHistory = {
  buildConfig: { optedIn: true, outputRepository: undefined, pullSecret: undefined, incremental: undefined },
  hasBuilds: true,
  previous,
  outcomes: [],
  numbers: [],
  references: new Set(),
  scriptsFailedAt: () => undefined,
};

/** A Complete Build. */
function took(seconds: number, chainFullSeconds?: number): BuildOutcome {
  const continued = chainFullSeconds !== undefined;
  return { name: 'api', continued, succeeded: true, failedAt: undefined, seconds, chainFullSeconds };
}

/** Returns the reason and the warnings at the start of a Build of the recorded BuildConfig. */
function announced({
  buildConfig = {},
  buildRequest = {},
  history = {},
  optedIn = false,
}: {
  readonly buildConfig?: JsonObject;
  readonly buildRequest?: JsonObject;
  readonly history?: Partial<BuildConfigHistory>;
  readonly optedIn?: boolean;
} = {}) {
  const { reason, warnings } = announceBuild({
    buildConfig: exampleBuildConfig(buildConfig),
    buildRequest: merge({ kind: 'BuildRequest', metadata: { name: 'api' } }, buildRequest),
    history: { ...past, ...history },
    isProxied: false,
    namespace: exampleNamespace({ optedIn }),
    config,
    scriptsVersion: '0123456789ab',
    now: testNow,
  });
  return [reason, ...warnings];
}

const label = (key: string, value: string | null) => ({
  metadata: { labels: { [`s2i-incremental.io/${key}`]: value } },
});
const strategy = (changes: JsonObject) => ({ spec: { strategy: { sourceStrategy: changes } } });
const options = (incremental: boolean) => ({ sourceStrategyOptions: { incremental } });

describe('announceBuild', () => {
  const rows: readonly [title: string, given: Parameters<typeof announced>[0], warning: string | undefined][] = [
    ['a previous Build', {}, 'incremental build from api-2'],
    ['--incremental=false', { buildRequest: options(false) }, 'full build: it was started with --incremental=false'],
    [
      '--incremental=true of a BuildConfig with incremental: false',
      { buildConfig: strategy({ incremental: false }), buildRequest: options(true) },
      'incremental build from api-2',
    ],
    [
      'a BuildConfig that asks for full builds',
      {
        buildConfig: strategy({ incremental: false }),
        history: {
          buildConfig: { optedIn: true, outputRepository: undefined, pullSecret: undefined, incremental: false },
        },
      },
      'full build: its labels, its BuildConfig or the configuration ask for full builds',
    ],
    [
      'a label of the request',
      { buildRequest: label('incremental', 'false') },
      'full build: its labels, its BuildConfig or the configuration ask for full builds',
    ],
    [
      'a label of the request that the BuildConfig has too',
      { buildConfig: label('incremental', 'chain'), buildRequest: label('incremental', 'false') },
      'incremental build from api-2',
    ],
    ['a new variable', { buildRequest: { env: [{ name: 'X', value: 'y' }] } }, 'incremental build from api-2'],
    [
      'a variable that only the previous Build has',
      { history: { previous: { ...previous, envNames: ['FOO', 'X'] } } },
      'full build: a variable of the previous Build was removed, and its image still has it',
    ],
    [
      '-e for a variable that only the previous Build has',
      {
        buildRequest: { env: [{ name: 'X', value: '' }] },
        history: { previous: { ...previous, envNames: ['FOO', 'X'] } },
      },
      'incremental build from api-2',
    ],
    [
      'no earlier Build',
      { history: { hasBuilds: false, previous: undefined } },
      'full build: it is the first Build since its BuildConfig opted in',
    ],
    [
      'another base image in the trigger',
      {
        buildConfig: {
          spec: { triggers: [{ type: 'ImageChange', imageChange: { lastTriggeredImageID: 'another' } }] },
        },
      },
      'full build: the base image changed since the chain started',
    ],
    ['no label', { buildConfig: label('enabled', null) }, undefined],
    [
      'no label in a namespace that opted in',
      { buildConfig: label('enabled', null), optedIn: true },
      'incremental build from api-2',
    ],
    ['an unsupported value of the label', { buildConfig: label('enabled', 'yes') }, undefined],
  ];
  for (const [title, given, warning] of rows) {
    it(`${warning === undefined ? 'says nothing with' : 'announces the Build with'} ${title}`, () => {
      assert.deepEqual(announced(given), warning === undefined ? ['not_opted_in'] : ['build_announced', warning]);
    });
  }

  it('says nothing with another strategy, whatever the options are', () => {
    const docker = { spec: { strategy: { type: 'Docker', sourceStrategy: null, dockerStrategy: {} } } };
    const buildRequest = { env: [{ name: 'X', value: 'y' }], ...options(true) };
    assert.deepEqual(announced({ buildConfig: docker, buildRequest }), ['strategy_unsupported']);
  });

  const savings: readonly [title: string, outcomes: readonly BuildOutcome[], text: string][] = [
    [
      'from the medians of full and incremental Builds',
      [took(20, 60), took(5, 60), took(22, 60), took(61), took(60), took(600)],
      ' (saves about 41 s)',
    ],
    ['from recorded times if the full Builds were deleted', [took(20, 60)], ' (saves about 40 s)'],
    ['in minutes from two minutes on', [took(20, 140), took(170)], ' (saves about 3 min)'],
    ['nothing without a known full build', [{ ...took(20, 0), chainFullSeconds: undefined }], ''],
    ['nothing without an incremental Build', [took(60)], ''],
    ['nothing if both take as long', [took(60, 60), took(60)], ''],
    ['nothing if incremental Builds take longer', [took(70, 60), took(60)], ''],
  ];
  for (const [title, outcomes, text] of savings) {
    it(`says what incremental builds save: ${title}`, () => {
      assert.deepEqual(announced({ history: { outcomes } }), [
        'build_announced',
        `incremental build from api-2${text}`,
      ]);
    });
  }

  it('has room for the longest name', () => {
    const name = `${'a'.repeat(250)}-2`;
    const [, warning = ''] = announced({ history: { previous: { ...previous, name } } });
    assert.equal(warning, `incremental build from ${'a'.repeat(94)}...`);
  });
});
