import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAbsentHistory, createMemoryHistory } from '../../../src/history/memory-history.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildConfig, comparable, completeBuild, ourAnnotations } from './example-builds.ts';

const lookup = { namespace: 'test', buildConfig, build: 'app-99' };
const ours = 's2i-incremental.io/';
const appConfig: JsonObject = {
  kind: 'BuildConfig',
  metadata: {
    name: 'app',
    namespace: 'test',
    uid: 'uid-of-app',
    labels: { [`${ours}enabled`]: 'true' },
    annotations: { [`${ours}output-repository`]: 'quay.example.com/app', [`${ours}pull-secret`]: 'pull' },
  },
  spec: { strategy: { sourceStrategy: { incremental: false } } },
};

/** Returns the Build to continue from, whether there are Builds, and the used references. */
async function pastOf(objects: readonly JsonObject[], changes: Partial<typeof lookup> = {}) {
  const past = await createMemoryHistory(() => frozen(objects)).read({ ...lookup, ...changes });
  return [past.previous?.name, past.hasBuilds, [...comparable(past).references].sort()];
}

const failed = { status: { phase: 'Failed' } };
const reference = (number: number) => `harbor.example.com/team/app:${number}`;

describe('createMemoryHistory', () => {
  const rows: readonly [title: string, objects: readonly JsonObject[], expected: unknown][] = [
    ['nothing', [], [undefined, false, []]],
    ['one Build', [completeBuild(1)], ['app-1', true, [reference(1)]]],
    [
      'the newest by creation, because numbers restart after `oc replace`',
      [
        completeBuild(9, { metadata: { creationTimestamp: '2026-01-30T08:59:59Z' } }),
        completeBuild(2, { metadata: { creationTimestamp: '2026-01-30T09:00:01Z' } }),
        completeBuild(3),
      ],
      ['app-2', true, [reference(2), reference(3), reference(9)]],
    ],
    [
      'the newest by number of Builds created in the same second',
      [completeBuild(2), completeBuild(10), completeBuild(9)],
      ['app-10', true, [reference(10), reference(2), reference(9)]],
    ],
    [
      'only a complete Build as the previous one',
      [
        completeBuild(1),
        completeBuild(2, failed),
        completeBuild(3, { status: { phase: 'Running' } }),
        completeBuild(4, { status: { phase: 'Cancelled' } }),
      ],
      ['app-1', true, [1, 2, 3, 4].map(reference)],
    ],
    ['no previous Build if none is complete', [completeBuild(1, failed)], [undefined, true, [reference(1)]]],
    [
      'nothing of the Build that is being admitted',
      [completeBuild(1), completeBuild(99)],
      ['app-1', true, [reference(1)]],
    ],
    [
      'nothing of a Build that is not opted in',
      [completeBuild(1, { metadata: { labels: { [`${ours}enabled`]: 'false' } } })],
      [undefined, false, []],
    ],
    [
      'nothing of a Build of another namespace',
      [completeBuild(1, { metadata: { namespace: 'prod' } })],
      [undefined, false, [reference(1)]],
    ],
    [
      'nothing of a Build of a deleted BuildConfig with the same name',
      [completeBuild(1, { metadata: { ownerReferences: [{ kind: 'BuildConfig', name: 'app', uid: 'older' }] } })],
      [undefined, false, [reference(1)]],
    ],
    [
      'nothing of a Build of another BuildConfig with the same label',
      [completeBuild(1, { metadata: { annotations: { 'openshift.io/build-config.name': 'app-too' } } })],
      [undefined, false, [reference(1)]],
    ],
    [
      'nothing of a Build made by hand',
      [completeBuild(1, { metadata: { ownerReferences: null } })],
      [undefined, false, [reference(1)]],
    ],
    ['nothing of other kinds', [completeBuild(1, { kind: 'Pod' })], [undefined, false, []]],
    [
      'no previous Build for a clone that was not admitted',
      [
        completeBuild(1),
        completeBuild(2, {
          metadata: { annotations: { 'openshift.io/build.clone-of': 'app-1', [`${ours}admitted-as`]: 'app-1' } },
        }),
      ],
      ['app-1', true, [reference(1), reference(2)]],
    ],
    [
      'the same in any order if two Builds have one number',
      [completeBuild(2), completeBuild(1, { metadata: { annotations: { 'openshift.io/build.number': '2' } } })],
      ['app-2', true, [reference(1), reference(2)]],
    ],
  ];
  for (const [title, objects, expected] of rows) {
    it(`returns ${title}`, async () => {
      assert.deepEqual(await pastOf(objects), expected);
      assert.deepEqual(await pastOf(objects.toReversed()), expected);
    });
  }

  it('separates two long names that share a label of 63 characters', async () => {
    const names = ['a', 'b'].map((end) => `${'n'.repeat(63)}${end}`);
    const builds = names.map((name, index) =>
      completeBuild(index + 1, {
        metadata: {
          labels: { 'openshift.io/build-config.name': 'n'.repeat(63) },
          annotations: { 'openshift.io/build-config.name': name },
          ownerReferences: [{ kind: 'BuildConfig', name, uid: 'u' }],
        },
      }),
    );
    const found = await Promise.all(names.map((name) => pastOf(builds, { buildConfig: { name, uid: 'u' } })));
    assert.deepEqual(found, [
      ['app-1', true, [reference(1), reference(2)]],
      ['app-2', true, [reference(1), reference(2)]],
    ]);
  });

  it('returns the facts of the BuildConfig with the same uid', async () => {
    const facts = { optedIn: true, outputRepository: 'quay.example.com/app', pullSecret: 'pull', incremental: false };
    const found = (object: JsonObject) =>
      createMemoryHistory(() => [object])
        .read(lookup)
        .then((past) => past.buildConfig);
    assert.deepEqual(await found(appConfig), facts);
    const bare = { metadata: { labels: null, annotations: null }, spec: null };
    assert.deepEqual(await found(merge(appConfig, bare) as JsonObject), {
      optedIn: undefined,
      outputRepository: undefined,
      pullSecret: undefined,
      incremental: undefined,
    });
    for (const other of [
      { metadata: { uid: 'newer' } },
      { metadata: { name: 'other' } },
      { metadata: { namespace: 'prod' } },
      { kind: 'Pod' },
    ]) {
      assert.equal(await found(merge(appConfig, other) as JsonObject), undefined);
    }
  });

  it('replaces annotations of the BuildConfig that are too long', async () => {
    const long = { 'output-repository': 'q'.repeat(521), 'pull-secret': 'p'.repeat(521) };
    const object = merge(appConfig, ourAnnotations(long)) as JsonObject;
    const { buildConfig } = await createMemoryHistory(() => [object]).read(lookup);
    assert.deepEqual([buildConfig?.outputRepository, buildConfig?.pullSecret], ['(too long)', '(too long)']);
  });

  it('reads the objects again for each query', async () => {
    const objects = [completeBuild(1)];
    const history = createMemoryHistory(() => objects);
    assert.equal((await history.read(lookup)).previous?.name, 'app-1');
    objects.push(completeBuild(2));
    assert.equal((await history.read(lookup)).previous?.name, 'app-2');
  });

  it('createAbsentHistory returns unavailable', async () => {
    assert.equal(await createAbsentHistory().read(), 'unavailable');
  });
});
