import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildIndex } from '../../../src/history/build-index.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { encodeBuildOrigin } from '../../../src/policy/build-origin.ts';
import type { BuildOutcome } from '../../../src/policy/facts.ts';
import { merge as mergePatch } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import {
  buildConfig,
  comparable,
  completeBuild,
  digest,
  nothingKnown,
  ourAnnotations,
  referenceOf,
  scripts,
} from './example-builds.ts';

const whole = {
  name: 'app-7',
  number: 7,
  createdAt: Date.parse('2026-01-30T09:00:00Z'),
  image: `harbor.example.com/team/app@${digest}`,
  chainDepth: 4,
  chainStarted: Date.parse('2026-01-29T08:00:00Z'),
  chainFullSeconds: undefined,
  baseImage: 'DockerImage/python:3.12',
  savedNothing: false,
  hadWrapper: false,
  source: 'https://git.example.com/app web',
  inputs: '',
  envNames: ['A'],
  isTooLarge: false,
};

const merge = (one: JsonObject, other: JsonObject) => mergePatch(one, other) as JsonObject;

const ownScripts = encodeBuildOrigin({
  from: null,
  incremental: null,
  scripts,
  pullSecret: null,
  output: null,
  pushSecret: null,
  env: [],
});

/** Returns the history of an index with only that Build. */
function pastOf(patch: JsonObject = {}) {
  const index = new BuildIndex();
  index.set(frozen(completeBuild(7, patch)));
  return comparable(index.lookUp({ namespace: 'test', buildConfig, build: 'app-8' }));
}

function previousOf(patch: JsonObject = {}) {
  return pastOf(patch).previous;
}

describe('previousBuildOf', () => {
  it('returns everything that a decision needs', () => {
    assert.deepEqual(previousOf(), whole);
  });

  const none: readonly [title: string, patch: JsonObject][] = [
    ...['New', 'Pending', 'Running', 'Failed', 'Error', 'Cancelled', 'complete'].map((phase): [string, JsonObject] => [
      `phase ${phase}`,
      { status: { phase } },
    ]),
    ['no status', { status: null }],
    ['no number', { metadata: { name: 'app', annotations: { 'openshift.io/build.number': null } } }],
    [
      'a clone that was created while the webhook was down',
      {
        metadata: {
          annotations: { 'openshift.io/build.clone-of': 'app-6', 's2i-incremental.io/admitted-as': 'app-6' },
        },
      },
    ],
    [
      'a clone without a record',
      { metadata: { annotations: { 'openshift.io/build.clone-of': 'app-6', 's2i-incremental.io/admitted-as': null } } },
    ],
    ['no output', { spec: { output: null } }],
    ['an output that is no valid reference', { spec: { output: { to: { name: 'Not A Reference' } } } }],
    ['an output by digest', { spec: { output: { to: { name: `harbor.example.com/team/app@${digest}` } } } }],
    ['an output of an unknown kind', { spec: { output: { to: { kind: 'ImageStreamImage' } } } }],
  ];
  for (const [title, patch] of none) {
    it(`returns undefined for ${title}`, () => {
      assert.equal(previousOf(patch), undefined);
    });
  }

  it('accepts a clone that was admitted', () => {
    assert.deepEqual(previousOf({ metadata: { annotations: { 'openshift.io/build.clone-of': 'app-6' } } }), whole);
  });

  it('starts a chain at a Build that was not admitted', () => {
    for (const admitted of [null, 'app-6', '']) {
      assert.deepEqual(previousOf(ourAnnotations({ 'admitted-as': admitted })), {
        ...whole,
        chainDepth: 0,
        chainStarted: Date.parse('2026-01-30T09:00:00Z'),
        baseImage: 'DockerImage/harbor.example.com/team/app:0',
      });
    }
  });

  const records: readonly [annotations: Readonly<Record<string, string | null>>, expected: object][] = [
    [{ 'chain-depth': null }, { chainDepth: 0 }],
    [{ 'chain-depth': '-1' }, { chainDepth: 0 }],
    [{ 'chain-depth': '1e2' }, { chainDepth: 0 }],
    [{ 'chain-depth': '999' }, { chainDepth: 999 }],
    [{ 'chain-depth': '1000' }, { chainDepth: 0 }],
    [{ 'chain-full-seconds': '90' }, { chainFullSeconds: 90 }],
    [{ reason: 'saves_nothing' }, { savedNothing: true }],
    [{ 'chain-full-seconds': '-1' }, {}],
    [{ 'chain-full-seconds': '86401' }, {}],
    [{ 'chain-started': null }, { chainStarted: Date.parse('2026-01-30T09:00:00Z') }],
    [{ 'chain-started': 'yesterday' }, { chainStarted: Date.parse('2026-01-30T09:00:00Z') }],
    [{ 'origin-from': null }, { baseImage: 'DockerImage/harbor.example.com/team/app:0' }],
  ];
  for (const [annotations, expected] of records) {
    it(`accepts the record ${JSON.stringify(annotations)}`, () => {
      assert.deepEqual(previousOf(ourAnnotations(annotations)), { ...whole, ...expected });
    });
  }
});

describe('previousBuildOf, image', () => {
  const imageOf = (patch: JsonObject) => previousOf(patch)?.image;
  const withDigest = (imageDigest: unknown) => ({ status: { output: { to: { imageDigest } } } });
  const issued = 'harbor.example.com/team/app:7';

  for (const broken of [
    null,
    '',
    'sha256:1',
    `sha256:${'A'.repeat(64)}`,
    `md5:${'0'.repeat(32)}`,
    `${digest}@${digest}`,
    1,
  ]) {
    it(`is the issued tag if the digest is ${JSON.stringify(broken)}`, () => {
      assert.equal(imageOf(withDigest(broken)), issued);
    });

    it(`is undefined without an issued tag if the digest is ${JSON.stringify(broken)}`, () => {
      const output = { to: { name: 'harbor.example.com/team/app:latest' } };
      assert.equal(imageOf({ ...withDigest(broken), spec: { output } }), undefined, 'the output was not replaced');
      assert.equal(imageOf({ ...withDigest(broken), ...ourAnnotations({ 'admitted-as': null }) }), undefined);
      assert.equal(imageOf({ ...withDigest(broken), ...ourAnnotations({ origin: null }) }), undefined);
      assert.equal(imageOf({ ...withDigest(broken), ...ourAnnotations({ origin: '{}' }) }), undefined);
      assert.equal(
        imageOf({ ...withDigest(broken), spec: { output: { to: { name: 'harbor.example.com/team/app' } } } }),
        undefined,
        'there is no tag',
      );
    });
  }

  const stream = (name: string, outputDockerImageReference: string | null, namespace: string | null = null) =>
    imageOf({
      spec: { output: { to: { kind: 'ImageStreamTag', name, namespace } } },
      status: { outputDockerImageReference },
    });
  const host = 'image-registry.openshift-image-registry.svc:5000';
  const rows: readonly [title: string, actual: string | undefined, expected: string | undefined][] = [
    ['its own', stream('app:1', `${host}/test/app:1`), `${host}/test/app@${digest}`],
    ['of the namespace it names', stream('app:1', `${host}/shared/app:1`, 'shared'), `${host}/shared/app@${digest}`],
    ['without a tag', stream('app', `${host}/test/app`), `${host}/test/app@${digest}`],
    ['of another stream', stream('app:1', `${host}/test/other:1`), undefined],
    ['of another namespace', stream('app:1', `${host}/prod/app:1`), undefined],
    ['of its own namespace in place of the one it names', stream('app:1', `${host}/test/app:1`, 'shared'), undefined],
    ['deeper in the registry', stream('app:1', `${host}/x/test/app:1`), undefined],
    ['absent', stream('app:1', null), undefined],
    ['broken', stream('app:1', 'Not A Reference'), undefined],
  ];
  for (const [title, actual, expected] of rows) {
    it(`is ${expected === undefined ? 'undefined' : 'that'} for an image stream if the reference is ${title}`, () => {
      assert.equal(actual, expected);
    });
  }

  it('is never read from the status for a DockerImage', () => {
    assert.equal(
      imageOf({ status: { outputDockerImageReference: 'evil.example.com/team/app:1' } }),
      `harbor.example.com/team/app@${digest}`,
    );
  });
});

describe('BuildIndex, kept data', () => {
  it('includes the reference of an opted-in Build, complete or not', () => {
    const known = { ...nothingKnown, hasBuilds: true, numbers: [7], references: new Set([referenceOf(7)]) };
    const times = { seconds: undefined, chainFullSeconds: undefined };
    const outcomes = [{ name: 'app-7', continued: false, succeeded: true, failedAt: undefined, ...times }];
    assert.deepEqual(pastOf(), { ...known, outcomes, previous: whole });
    assert.deepEqual(pastOf({ status: { phase: 'Running' } }), known);
    const stream = { kind: 'ImageStreamTag', name: 'app:1' };
    assert.deepEqual(pastOf({ spec: { output: { to: stream } } }), { ...known, outcomes, references: new Set() });
  });

  it('includes nothing of other Builds', () => {
    const labelled = (value: unknown) => ({ labels: { 's2i-incremental.io/enabled': value } });
    for (const value of ['false', 'yes']) assert.deepEqual(pastOf({ metadata: labelled(value) }), nothingKnown);
    const foreign = { annotations: { 's2i-incremental.io/admitted-as': 'other' } };
    for (const value of [null, true]) {
      assert.deepEqual(pastOf({ metadata: { ...labelled(value), ...foreign } }), nothingKnown);
      assert.notEqual(
        pastOf({ metadata: labelled(value) }).previous,
        undefined,
        'its record says that it was admitted',
      );
    }
  });

  it('includes every name in the env, or none', () => {
    const namesIn = (env: unknown) => previousOf({ spec: { strategy: { sourceStrategy: { env } } } })?.envNames;
    assert.deepEqual(namesIn(null), []);
    assert.deepEqual(namesIn([]), []);
    assert.deepEqual(namesIn([{ name: 'B', value: 'x' }, { name: 'A' }]), ['B', 'A']);
  });

  it('has an unknown start for a Build without one', () => {
    const started = previousOf({
      metadata: { creationTimestamp: null, annotations: { 's2i-incremental.io/chain-started': null } },
    });
    assert.deepEqual(started, { ...whole, createdAt: undefined, chainStarted: undefined });
  });

  it('has no reference longer than the limit', () => {
    const named = (length: number) => ({ spec: { output: { to: { name: 'r'.repeat(length) } } } });
    const references = (patch: JsonObject) => {
      const index = new BuildIndex();
      index.set(completeBuild(7, patch));
      return index.lookUp({ namespace: 'test', buildConfig, build: 'app-8' }).references;
    };
    assert.equal(references(named(520)).has('r'.repeat(520)), true);
    assert.equal(references(named(521)).has('r'.repeat(521)), false);
  });

  const env = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `VARIABLE_${at + 1_000}` }));
  const large: readonly [title: string, patch: JsonObject, isTooLarge: boolean][] = [
    ['300 variables', { spec: { strategy: { sourceStrategy: { env: env(300) } } } }, false],
    ['400 variables', { spec: { strategy: { sourceStrategy: { env: env(400) } } } }, true],
    ['one long name', { spec: { strategy: { sourceStrategy: { env: [{ name: 'A'.repeat(17_000) }] } } } }, true],
    ['a long source', { spec: { source: { contextDir: 'a/'.repeat(8_200) } } }, true],
    ['a long base', ourAnnotations({ 'origin-from': 'a'.repeat(17_000) }), true],
    ['many inputs', { spec: { source: { secrets: env(500).map((secret) => ({ secret })) } } }, true],
  ];
  for (const [title, patch, isTooLarge] of large) {
    it(`with ${title} ${isTooLarge ? 'is marked as too large, without settings' : 'is kept'}`, () => {
      const previous = previousOf(patch);
      const nothing = { baseImage: '', source: '', inputs: '', envNames: [] };
      if (isTooLarge) assert.deepEqual(previous, { ...whole, ...nothing, isTooLarge });
      else assert.deepEqual(previous, { ...whole, envNames: env(300).map(({ name }) => name) });
    });
  }

  const strategy = (settings: JsonObject) => ({ spec: { strategy: { sourceStrategy: settings } } });
  const optedOut = { metadata: { labels: { 's2i-incremental.io/assemble-wrapper': 'false' } } };
  const wrappers: readonly [title: string, patch: JsonObject, hadWrapper: boolean][] = [
    ['scripts that the webhook set', strategy({ scripts }), true],
    ['no scripts', {}, false],
    ['empty scripts', strategy({ scripts: '' }), false],
    ['scripts, but no record', merge(strategy({ scripts }), ourAnnotations({ 'admitted-as': 'app-6' })), false],
    ['scripts, and a record that cannot be read', merge(strategy({ scripts }), ourAnnotations({ origin: '{' })), false],
    ['a label that says it needs none', optedOut, true],
    [
      'a label that says it needs none, and no record',
      merge(optedOut, ourAnnotations({ 'admitted-as': 'app-6' })),
      true,
    ],
    [
      'scripts that its BuildConfig gave it',
      merge(strategy({ scripts }), ourAnnotations({ origin: ownScripts })),
      false,
    ],
  ];
  for (const [title, patch, hadWrapper] of wrappers) {
    it(`${hadWrapper ? 'had' : 'did not have'} the wrapper with ${title}`, () => {
      assert.equal(previousOf(patch)?.hadWrapper, hadWrapper);
    });
  }
});

describe('BuildIndex, outcomes', () => {
  const at = Date.parse('2026-01-30T09:00:00Z');
  const continued = ourAnnotations({ decision: 'incremental' });
  const outcome = (change: Partial<BuildOutcome>) => {
    const times = { seconds: undefined, chainFullSeconds: undefined };
    const failedAt = change.succeeded === true ? undefined : at;
    return [{ name: 'app-7', continued: false, succeeded: false, failedAt, ...times, ...change }];
  };
  const took40s = { status: { duration: 40_000_000_000 } };
  const rows: readonly [title: string, patch: JsonObject, expected: unknown][] = [
    ['Complete', {}, outcome({ succeeded: true })],
    ['Failed', { status: { phase: 'Failed' } }, outcome({})],
    ['Error', { status: { phase: 'Error' } }, outcome({})],
    ...['Cancelled', 'Running', 'New', 'failed'].map((phase): [string, JsonObject, unknown] => [
      phase,
      { status: { phase } },
      [],
    ]),
    ['continued and Complete', continued, outcome({ continued: true, succeeded: true })],
    ['Complete after 40 s', took40s, outcome({ succeeded: true, seconds: 40 })],
    ['Failed after 40 s', merge(took40s, { status: { phase: 'Failed' } }), outcome({})],
    [
      'continued and Complete after 40 s, with a full build of 90 s before it',
      merge(took40s, ourAnnotations({ decision: 'incremental', 'chain-full-seconds': '90' })),
      outcome({ continued: true, succeeded: true, seconds: 40, chainFullSeconds: 90 }),
    ],
    ['continued and Failed', merge(continued, { status: { phase: 'Failed' } }), outcome({ continued: true })],
    [
      'Failed, with the record of the Build that it copies',
      merge(merge(continued, { status: { phase: 'Failed' } }), ourAnnotations({ 'admitted-as': 'app-6' })),
      outcome({}),
    ],
    [
      'Failed at a time of its own',
      { status: { phase: 'Failed', completionTimestamp: '2026-01-30T09:10:00Z' } },
      outcome({ failedAt: at + 600_000 }),
    ],
    [
      'Failed at no time',
      { metadata: { creationTimestamp: null }, status: { phase: 'Failed' } },
      outcome({ failedAt: undefined }),
    ],
  ];
  for (const [title, patch, expected] of rows) {
    it(`include a Build that is ${title}`, () => {
      assert.deepEqual(pastOf(patch).outcomes, expected);
    });
  }
});

describe('BuildIndex, failures to fetch scripts', () => {
  const failed = { phase: 'Failed', reason: 'FetchScriptsFailed', completionTimestamp: '2026-01-30T09:00:01Z' };
  const build = (status: JsonObject, address: string | null = scripts) =>
    pastOf({ status, spec: { strategy: { sourceStrategy: { scripts: address } } } }).scriptsFailedAt;
  it('are returned with their time, for every profile of the address', () => {
    const at = Date.parse('2026-01-30T09:00:01Z');
    assert.equal(build(failed), at);
    assert.equal(build({ ...failed, completionTimestamp: null }), at - 1_000);
    assert.equal(build(failed, 'http://webhook.example.com/s2i/0123456789ab/other'), at);
  });

  const others: readonly [title: string, status: JsonObject, address?: string | null][] = [
    ['at another address', failed, 'http://webhook.example.com/s2i/other/python'],
    ['without scripts', failed, null],
    ['at an address too long to keep', failed, `${scripts.slice(0, -6)}${'x'.repeat(1_024)}`],
    ['of a Build that is not Failed', { ...failed, phase: 'Complete' }],
    ['for another reason', { ...failed, reason: 'GenericBuildFailed' }],
  ];
  for (const [title, status, address = scripts] of others) {
    it(`do not include one ${title}`, () => {
      assert.equal(build(status, address), undefined);
    });
  }
});
