import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildIndex } from '../../../src/history/build-index.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { frozen } from '../frozen.ts';
import { buildConfig, comparable, completeBuild, digest, ourAnnotations } from './example-builds.ts';

const whole = {
  name: 'app-7',
  number: 7,
  image: `harbor.example.com/team/app@${digest}`,
  chainDepth: 4,
  chainStarted: Date.parse('2026-01-29T08:00:00Z'),
  chainFullSeconds: undefined,
  originFrom: 'DockerImage/python:3.12',
  source: 'https://git.example.com/app.git web',
  envNames: ['A'],
};

/** What an index that holds nothing but that Build tells of the past. */
function pastOf(patch: JsonObject = {}) {
  const index = new BuildIndex();
  index.set(frozen(completeBuild(7, patch)));
  return comparable(index.lookUp({ namespace: 'test', buildConfig, build: 'app-8' }));
}

function previousOf(patch: JsonObject = {}) {
  return pastOf(patch).previous;
}

describe('the Build to continue from', () => {
  it('is kept with all that a decision needs', () => {
    assert.deepEqual(previousOf(), whole);
  });

  const none: readonly [title: string, patch: JsonObject][] = [
    ...['New', 'Pending', 'Running', 'Failed', 'Error', 'Cancelled', 'complete'].map((phase): [string, JsonObject] => [
      `is not ${phase}`,
      { status: { phase } },
    ]),
    ['has a status', { status: null }],
    ['has a number', { metadata: { name: 'app', annotations: { 'openshift.io/build.number': null } } }],
    [
      'is no clone that passed while the webhook was away',
      {
        metadata: {
          annotations: { 'openshift.io/build.clone-of': 'app-6', 's2i-incremental.io/admitted-as': 'app-6' },
        },
      },
    ],
    [
      'is no clone without our record',
      { metadata: { annotations: { 'openshift.io/build.clone-of': 'app-6', 's2i-incremental.io/admitted-as': null } } },
    ],
    ['has an output', { spec: { output: null } }],
    ['has an output that is a reference', { spec: { output: { to: { name: 'Not A Reference' } } } }],
    [
      'has an output that is no digest',
      { spec: { output: { to: { name: `harbor.example.com/team/app@${digest}` } } } },
    ],
    ['has an output of a known kind', { spec: { output: { to: { kind: 'ImageStreamImage' } } } }],
  ];
  for (const [title, patch] of none) {
    it(title, () => {
      assert.equal(previousOf(patch), undefined);
    });
  }

  it('may be a clone that was admitted anew', () => {
    assert.deepEqual(previousOf({ metadata: { annotations: { 'openshift.io/build.clone-of': 'app-6' } } }), whole);
  });

  it('that was not admitted starts a chain, whatever it carries', () => {
    for (const admitted of [null, 'app-6', '']) {
      assert.deepEqual(previousOf(ourAnnotations({ 'admitted-as': admitted })), {
        ...whole,
        chainDepth: 0,
        chainStarted: Date.parse('2026-01-30T09:00:00Z'),
        originFrom: 'DockerImage/harbor.example.com/team/app:0',
      });
    }
  });

  const records: readonly [annotations: Readonly<Record<string, string | null>>, expected: object][] = [
    [{ 'chain-depth': null }, { chainDepth: 0 }],
    [{ 'chain-depth': '-1' }, { chainDepth: 0 }],
    [{ 'chain-depth': '1e2' }, { chainDepth: 0 }],
    [{ 'chain-depth': '9999' }, { chainDepth: 9999 }],
    [{ 'chain-depth': '10000' }, { chainDepth: 0 }],
    [{ 'chain-full-seconds': '90' }, { chainFullSeconds: 90 }],
    [{ 'chain-full-seconds': '-1' }, {}],
    [{ 'chain-full-seconds': '1234567' }, {}],
    [{ 'chain-started': null }, { chainStarted: Date.parse('2026-01-30T09:00:00Z') }],
    [{ 'chain-started': 'yesterday' }, { chainStarted: Date.parse('2026-01-30T09:00:00Z') }],
    [{ 'origin-from': null }, { originFrom: 'DockerImage/harbor.example.com/team/app:0' }],
  ];
  for (const [annotations, expected] of records) {
    it(`is kept with the record ${JSON.stringify(annotations)}`, () => {
      assert.deepEqual(previousOf(ourAnnotations(annotations)), { ...whole, ...expected });
    });
  }
});

describe('the image of a Build', () => {
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
    it(`is the tag that was issued where the digest is ${JSON.stringify(broken)}`, () => {
      assert.equal(imageOf(withDigest(broken)), issued);
    });

    it(`is none without a tag of ours where the digest is ${JSON.stringify(broken)}`, () => {
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
    it(`of an image stream: the reference is ${title}`, () => {
      assert.equal(actual, expected);
    });
  }

  it('of a DockerImage never comes from the status', () => {
    assert.equal(
      imageOf({ status: { outputDockerImageReference: 'evil.example.com/team/app:1' } }),
      `harbor.example.com/team/app@${digest}`,
    );
  });
});

describe('the record of a Build', () => {
  it('has the reference of an opted-in one, complete or not', () => {
    const references = new Set(['harbor.example.com/team/app:7']);
    assert.deepEqual(pastOf(), { hasBuilds: true, previous: whole, references });
    assert.deepEqual(pastOf({ status: { phase: 'Running' } }), { hasBuilds: true, previous: undefined, references });
    const stream = { kind: 'ImageStreamTag', name: 'app:1' };
    assert.deepEqual(pastOf({ spec: { output: { to: stream } } }), {
      hasBuilds: true,
      previous: undefined,
      references: new Set(),
    });
  });

  it('is none of any other', () => {
    for (const value of [null, 'false', 'yes', true]) {
      const labels = { 's2i-incremental.io/enabled': value };
      assert.deepEqual(pastOf({ metadata: { labels } }), {
        hasBuilds: false,
        previous: undefined,
        references: new Set(),
      });
    }
  });

  it('has every name in the env, or none', () => {
    const namesIn = (env: unknown) => previousOf({ spec: { strategy: { sourceStrategy: { env } } } })?.envNames;
    assert.deepEqual(namesIn(null), []);
    assert.deepEqual(namesIn([]), []);
    assert.deepEqual(namesIn([{ name: 'B', value: 'x' }, { name: 'A' }]), ['B', 'A']);
  });

  it('has an unknown start where the Build has none', () => {
    const started = previousOf({
      metadata: { creationTimestamp: null, annotations: { 's2i-incremental.io/chain-started': null } },
    });
    assert.deepEqual(started, { ...whole, chainStarted: undefined });
  });
});
