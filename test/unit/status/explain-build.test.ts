import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { encodeBuildOrigin } from '../../../src/policy/build-origin.ts';
import { explainBuild } from '../../../src/status/explain-build.ts';
import { merge } from '../../helpers/fixtures.ts';
import { completeBuild, ourAnnotations } from '../history/example-builds.ts';
import { admittedBuild, exampleBuildConfig } from './example-builds.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const explained = (build: JsonObject, buildConfig: JsonObject | undefined = exampleBuildConfig()) =>
  explainBuild({ build, buildConfig, now, program: 's2i-incremental' });
const scripts = 'http://webhook.example.com:8081/s2i/4a88e4817dc4/python';
const output = { kind: 'DockerImage', name: 'harbor.example.com/team/app:latest' };
const strategy = (fields: JsonObject): JsonObject => ({ spec: { strategy: { sourceStrategy: fields } } });
const originOf = (changes: Partial<Parameters<typeof encodeBuildOrigin>[0]>) =>
  ourAnnotations({
    origin: encodeBuildOrigin({
      from: null,
      incremental: null,
      scripts: null,
      pullSecret: null,
      output,
      pushSecret: null,
      env: [],
      ...changes,
    }),
  });
const restarts =
  'It is full instead if the base image changes, if another repository or folder is built, if a Secret, ConfigMap or image of the source is added, removed or moved, if a variable is removed, if the chain reaches incremental.maxDepth or incremental.maxAge, or if it is started with --incremental=false.';

describe('explainBuild, admitted Build', () => {
  it('explains an incremental Build, with names of variables and no values', () => {
    const env = [
      { name: 'PIP_INDEX_URL', value: 'https://user:hunter2@pypi.example.com/simple' },
      { name: 'PIP_TRUSTED_HOST', value: 'pypi.example.com' },
    ];
    const build = merge(admittedBuild(2, 'incremental', 31, originOf({ env })), strategy({ scripts, env }));
    assert.deepEqual(explained(build as JsonObject), [
      'build/app-2 is an incremental build: it continues from the previous image.',
      'It is Complete; it took 31s.',
      'It starts from DockerImage/harbor.example.com/team/app:0, the image of app-1; the base image is DockerImage/python:3.12.',
      'Its image is pushed to DockerImage/harbor.example.com/team/app:2 instead of DockerImage/harbor.example.com/team/app:latest.',
      `The assemble wrapper comes from ${scripts}.`,
      'Variables were added: PIP_INDEX_URL, PIP_TRUSTED_HOST.',
      'It is incremental build number 1 of its chain, which started 2d04h ago (2026-01-29T08:00:00Z).',
      `The next Build continues from its image. ${restarts}`,
    ]);
  });

  it('explains a full build without other changes', () => {
    const own = { kind: 'DockerImage', name: 'harbor.example.com/team/app:1' };
    const patch = merge(originOf({ output: own, scripts }), strategy({ scripts })) as JsonObject;
    assert.deepEqual(explained(admittedBuild(1, 'full', 125, patch)).slice(0, 7), [
      'build/app-1 is a full build: it is the first Build since its BuildConfig opted in.',
      'It is Complete; it took 2m05s.',
      'It starts from the base image, DockerImage/harbor.example.com/team/app:0.',
      'Its image is pushed to DockerImage/harbor.example.com/team/app:1, as its BuildConfig says.',
      `No assemble wrapper is delivered: its BuildConfig sets scripts: ${scripts}.`,
      'No variables were added.',
      'It is the full build at the start of its chain, which started 2d04h ago (2026-01-29T08:00:00Z).',
    ]);
  });

  it('says what it saves', () => {
    const after = (seconds: number, patch: JsonObject = {}) =>
      explained(
        admittedBuild(
          2,
          'incremental',
          seconds,
          merge(ourAnnotations({ 'chain-full-seconds': '90' }), patch) as JsonObject,
        ),
      )[7];
    assert.equal(after(31), 'It saves 59s: 31s instead of 1m30s for the full build of its chain.');
    assert.equal(after(90), 'It saves nothing: 1m30s instead of 1m30s for the full build of its chain.');
    assert.equal(after(95), 'It saves nothing: 1m35s instead of 1m30s for the full build of its chain.');
    assert.match(after(31, { status: { phase: 'Failed' } }) ?? '', /^The next Build is full/);
  });

  it('explains saves_nothing', () => {
    const reason = ourAnnotations({ reason: 'saves_nothing' });
    assert.deepEqual(explained(admittedBuild(9, 'full', 40, reason)).slice(-2), [
      'It starts no chain, because the last one, which started 2d04h ago (2026-01-29T08:00:00Z), saved nothing.',
      'The next Builds are full until the base image changes or incremental.maxAge has passed since their chain started.',
    ]);
  });

  it('explains an incomplete record, without control characters', () => {
    const patch = ourAnnotations({
      reason: 'of_tomorrow',
      origin: '{',
      'chain-depth': null,
      'previous-build': null,
      'origin-from': null,
    });
    const build = merge(admittedBuild(2, 'incremental', 31, patch), { spec: { output: null } }) as JsonObject;
    assert.deepEqual(explained(build), [
      'build/app-2 is an incremental build: the reason it recorded is of_tomorrow.',
      'It is Complete; it took 31s.',
      'It starts from DockerImage/harbor.example.com/team/app:0, the image of an earlier Build; the base image is not recorded.',
      'It has no output: its image is not pushed.',
      "No assemble wrapper is delivered: its scripts are the repository's or the image's own.",
      'Which variables were added is not recorded.',
      'Where it is in its chain is not recorded.',
      'The next Build cannot continue from it, because no image of it is recorded. It continues from the newest Complete Build, if one still exists (successfulBuildsHistoryLimit says how many are kept).',
    ]);
  });
});

describe('explainBuild, Build that was not admitted', () => {
  const bare = (patch: JsonObject) => {
    const build = completeBuild(3, { metadata: { annotations: null }, status: null });
    return merge(build, patch) as JsonObject;
  };
  const first = 'build/app-3 is unmodified: the webhook did not change it.';
  const label = 's2i-incremental.io/enabled';
  const withLabel = (value: string | null) => bare({ metadata: { labels: { [label]: value } } });
  const optedOut = exampleBuildConfig({ metadata: { labels: null } });
  const check =
    'To find the cause: s2i-incremental check -n test checks the webhook; if it had an error, an Event of the BuildConfig and its log name this Build.';
  const notOptedIn = (says: string) => [
    `It has ${says}: buildconfig/app had not opted in when it was created.`,
    `To opt in: oc label bc/app --overwrite ${label}=true`,
  ];
  const rows: readonly [name: string, build: JsonObject, buildConfig: JsonObject, sentences: readonly string[]][] = [
    [
      'of another strategy',
      bare({ spec: { strategy: { sourceStrategy: null, dockerStrategy: {} } } }),
      exampleBuildConfig(),
      ['It has no Source strategy, and only Builds with it can be incremental.'],
    ],
    [
      'whose BuildConfig opted in later',
      withLabel(null),
      exampleBuildConfig(),
      [`It has no label ${label}: buildconfig/app opted in after it was created. The webhook changes the next Build.`],
    ],
    ['that nobody opted in', withLabel(null), optedOut, notOptedIn(`no label ${label}`)],
    [
      'whose label opts out',
      withLabel('false'),
      optedOut,
      notOptedIn(`the label ${label}=false, which does not opt in`),
    ],
    [
      'without BuildConfig',
      merge(withLabel(null), { metadata: { ownerReferences: null } }) as JsonObject,
      optedOut,
      [`It has no label ${label}, and belongs to no BuildConfig that could give it one.`],
    ],
    [
      'that is a clone',
      bare({ metadata: { annotations: { 'openshift.io/build.clone-of': 'app-1' } } }),
      exampleBuildConfig(),
      [
        `It is a clone of app-1 and has that Build's settings. Either its BuildConfig had opted out by then, or the webhook was not called, did not answer in time or had an error.`,
        check,
      ],
    ],
    [
      'created while the webhook was down',
      bare({}),
      exampleBuildConfig(),
      [
        `It has the label ${label}=true, so the webhook was not called, did not answer in time or had an error. Its base image, output and env are those of the BuildConfig.`,
        check,
      ],
    ],
  ];
  for (const [name, build, buildConfig, sentences] of rows) {
    it(`explains a Build ${name}`, () =>
      assert.deepEqual(explained(build, buildConfig), [first, 'It is New.', ...sentences]));
  }
});
