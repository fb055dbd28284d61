import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AdmitDependencies, admit } from '../../../src/admission/admit.ts';
import { createHistorySource } from '../../../src/admission/history-source.ts';
import { applyPatch } from '../../../src/admission/patch.ts';
import { decodeReview } from '../../../src/admission/review.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { IssuedTags } from '../../../src/history/issued-tags.ts';
import { createMemoryHistory } from '../../../src/history/memory-history.ts';
import { type JsonObject, at, objectAt, withValue, withoutValue } from '../../../src/openshift/json.ts';
import { restoreClone } from '../../../src/policy/restore-clone.ts';
import * as arbitrary from '../../helpers/arbitraries.ts';
import { exampleBuild, merge, reviewOf } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { frozen } from '../frozen.ts';

const ours = 's2i-incremental.io/';
const strategyPath = ['spec', 'strategy', 'sourceStrategy'];
const config = parseConfig(
  `
incremental: {flag: "true", pullSecret: previous}
output: {imageStreamRepository: "harbor.example.com/{namespace}/{name}", pushSecret: harbor}
assemble: {baseUrl: "http://webhook.example.com:8081/s2i", profiles: {python: {match: "", env: {PIP_INDEX_URL: "https://pypi.example.com/simple", A: b}}}}
`,
  {},
);

/** A complete Build from which every generated one continues. */
const previous: JsonObject = {
  apiVersion: 'build.openshift.io/v1',
  kind: 'Build',
  metadata: {
    name: 'app-100',
    namespace: 'test',
    labels: { [`${ours}enabled`]: 'true' },
    annotations: { 'openshift.io/build.number': '100' },
    ownerReferences: [{ kind: 'BuildConfig', name: 'app', uid: 'uid-of-app' }],
  },
  spec: { output: { to: { kind: 'DockerImage', name: 'harbor.example.com/team/app:20260131120000' } } },
  status: { phase: 'Complete', output: { to: { imageDigest: `sha256:${'ab'.repeat(32)}` } } },
};

/** Returns the Build as stored after its admission. */
async function mutate(build: JsonObject): Promise<JsonObject> {
  const dependencies: AdmitDependencies = {
    config,
    factSources: [createHistorySource(createMemoryHistory(() => [previous]))],
    issuedTags: new IssuedTags(),
    scriptsVersion: '0123456789ab',
    clock: () => testNow,
  };
  const { request } = decodeReview(reviewOf(build));
  const { patch, error } = await admit(request, testNow + 1_000, dependencies);
  assert.equal(error, undefined);
  return applyPatch(build, patch);
}

/** Returns what `oc start-build --from-build` creates: a copy with another name and two other annotations. */
function cloneOf(build: JsonObject): JsonObject {
  const source = String(at(build, 'metadata', 'name'));
  return merge(build, {
    metadata: {
      name: `${source}0`,
      annotations: { 'openshift.io/build.clone-of': source, 'openshift.io/build.number': '990' },
    },
  }) as JsonObject;
}

function parsed(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

/** Returns a Build without the differences of a clone, and without empty fields. */
function withoutBookkeeping(build: JsonObject): JsonObject {
  const annotations = Object.entries(objectAt(build, 'metadata', 'annotations') ?? {}).filter(
    ([key]) => !key.startsWith(ours) && !key.startsWith('openshift.io/'),
  );
  const named = withValue(build, ['metadata', 'name'], 'a-name');
  const annotated = withValue(named, ['metadata', 'annotations'], Object.fromEntries(annotations));
  return ['incremental', 'env'].reduce((changed, key) => {
    const value = at(changed, ...strategyPath, key);
    const saysNothing = value === null || (Array.isArray(value) && value.length === 0);
    return saysNothing ? withoutValue(changed, [...strategyPath, key]) : changed;
  }, annotated);
}

describe('restoreClone', () => {
  it('restores the original Build from a clone', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.build, async (generated) => {
        const before = parsed(generated);
        const clone = cloneOf(await mutate(before));
        const { build, isClone } = restoreClone(frozen(clone));
        assert.equal(isClone, true);
        assert.deepEqual(withoutBookkeeping(build), withoutBookkeeping(before));
        const left = Object.keys(objectAt(build, 'metadata', 'annotations') ?? {});
        assert.deepEqual(
          left.filter((key) => key.startsWith(ours)),
          [],
        );
      }),
      { numRuns: 300 },
    );
  });

  it('restores the original Build from a clone of a clone', async () => {
    const before = exampleBuild();
    const first = cloneOf(await mutate(before));
    const second = cloneOf(await mutate(first));
    assert.deepEqual(withoutBookkeeping(restoreClone(second).build), withoutBookkeeping(before));
  });

  it('removes variables by name if their values were not recorded', () => {
    const env = [
      { name: 'OWN', value: '1' },
      { name: 'ADDED', value: 'whatever' },
      { name: 'ADDED', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ];
    const clone = exampleBuild({
      metadata: {
        annotations: {
          'openshift.io/build.clone-of': 'api-0',
          [`${ours}admitted-as`]: 'api-0',
          [`${ours}origin`]: '{"env":["ADDED"]}',
        },
      },
      spec: { strategy: { sourceStrategy: { env } } },
    });
    const { build, isClone } = restoreClone(clone);
    assert.equal(isClone, true);
    assert.deepEqual(at(build, 'spec', 'strategy', 'sourceStrategy', 'env'), [env[0], env[2]]);
  });

  it('keeps a variable that -e of the clone replaced, and those of the user', async () => {
    const clone = cloneOf(await mutate(exampleBuild()));
    const env = at(clone, ...strategyPath, 'env') as JsonObject[];
    const given = env.map((variable) => (variable['name'] === 'A' ? { name: 'A', value: 'mine' } : variable));
    const { build } = restoreClone(withValue(clone, [...strategyPath, 'env'], [...given, { name: 'NEW', value: 'b' }]));
    assert.deepEqual(at(build, ...strategyPath, 'env'), [
      { name: 'FOO', value: 'bar' },
      { name: 'X', value: 'y' },
      { name: 'A', value: 'mine' },
      { name: 'NEW', value: 'b' },
    ]);
  });

  it('keeps a variable with valueFrom, and malformed entries', async () => {
    const clone = cloneOf(await mutate(exampleBuild()));
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }, null, 'A', { value: 'b' }];
    const { build } = restoreClone(withValue(clone, [...strategyPath, 'env'], [...env, { name: 'A', value: 'b' }]));
    assert.deepEqual(at(build, ...strategyPath, 'env'), env);
  });

  it('keeps other annotations', async () => {
    const clone = cloneOf(await mutate(exampleBuild({ metadata: { annotations: { team: 'a' } } })));
    assert.deepEqual(at(restoreClone(clone).build, 'metadata', 'annotations'), {
      'openshift.io/build-config.name': 'api',
      'openshift.io/build.number': '990',
      'openshift.io/build.clone-of': 'api-1',
      team: 'a',
    });
  });

  const disbelieved: readonly [title: string, annotations: JsonObject][] = [
    ['a Build that is no clone', { 'openshift.io/build.clone-of': null }],
    ['a clone of a Build that was never admitted', { [`${ours}admitted-as`]: null }],
    ['a clone of another Build than was admitted', { [`${ours}admitted-as`]: 'api-2' }],
    ['a clone that names another source', { 'openshift.io/build.clone-of': 'api-2' }],
    ['a clone without origin', { [`${ours}origin`]: null }],
    ['a clone whose origin is broken', { [`${ours}origin`]: '{"version":1}' }],
  ];
  for (const [title, annotations] of disbelieved) {
    it(`returns unmodified: ${title}`, async () => {
      const clone = merge(cloneOf(await mutate(exampleBuild())), { metadata: { annotations } }) as JsonObject;
      const answer = restoreClone(clone);
      assert.equal(answer.isClone, false);
      assert.equal(answer.build, clone);
    });
  }
});
