import assert from 'node:assert/strict';
import { type TestContext, describe, it } from 'node:test';
import { createWatchedHistory } from '../../../src/history/watched-history.ts';
import { type JsonObject, withValue } from '../../../src/openshift/json.ts';
import type { FinishedBuild } from '../../../src/history/finished-build.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';
import { exampleBuild, exampleBuildConfig } from '../../helpers/fixtures.ts';
import { comparable } from './example-builds.ts';

const lookup = {
  namespace: 'test',
  buildConfig: { name: 'api', uid: 'ad3f6f43-23ca-45af-a9d3-5351bbf9e17e' },
  label: 'api',
  build: 'api-2',
  number: 2,
};

const counted = (lastVersion: number, patch: JsonObject = {}) =>
  withValue(exampleBuildConfig(patch), ['status', 'lastVersion'], lastVersion);
const numbered = (number: number) =>
  exampleBuild({
    metadata: { name: `api-${number}`, annotations: { 'openshift.io/build.number': String(number) } },
  });

/** Lets pending promises settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Returns a synced history, and the number of later requests to the API server. */
async function synced(t: TestContext, cluster: FakeCluster) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const finished: FinishedBuild[] = [];
  const history = createWatchedHistory(
    cluster,
    () => undefined,
    () => 0,
    (build) => finished.push(build),
  );
  const stopping = new AbortController();
  const running = history.run(stopping.signal);
  await settle();
  t.mock.timers.tick(200);
  const asked = t.mock.method(cluster, 'list');
  t.after(async () => {
    stopping.abort();
    await running;
  });
  const read = () => history.read(lookup, AbortSignal.timeout(1_000));
  return { history, asked, finished, read };
}

describe('createWatchedHistory', () => {
  it('answers from its watches, without asking the API server', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(counted(2, { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'harbor' } } }));
    cluster.store(exampleBuild());
    const { history, asked, read } = await synced(t, cluster);
    assert.deepEqual(history.status(), { synced: true, buildConfigs: 1, notKept: 0 });
    assert.deepEqual(comparable(await read()), {
      buildConfig: { optedIn: true, outputRepository: undefined, pullSecret: 'harbor', incremental: undefined },
      hasBuilds: true,
      previous: undefined,
      outcomes: [],
      numbers: [1],
      scriptsFailedAt: undefined,
      references: new Set(['harbor.example.com/test/pyflask:20180705132658']),
    });
    assert.equal(asked.mock.callCount(), 0);
  });

  const behind: readonly [why: string, change: (cluster: FakeCluster) => void][] = [
    ['the BuildConfig has not been seen to count this Build', (cluster) => void cluster.store(counted(1))],
    ['the BuildConfig has not been seen at all', (cluster) => cluster.remove(counted(2))],
    [
      'the BuildConfig was created again',
      (cluster) => void cluster.store(counted(2, { metadata: { uid: 'another' } })),
    ],
    [
      'the BuildConfig has opted out',
      (cluster) => void cluster.store(counted(2, { metadata: { labels: { 's2i-incremental.io/enabled': 'false' } } })),
    ],
  ];
  for (const [why, change] of behind) {
    it(`asks the API server if ${why}`, async (t) => {
      const cluster = new FakeCluster();
      cluster.store(counted(2));
      cluster.store(exampleBuild());
      const { asked, read } = await synced(t, cluster);
      await read();
      assert.equal(asked.mock.callCount(), 0);
      change(cluster);
      await read();
      assert.equal(asked.mock.callCount(), 1);
    });
  }

  it('asks the API server until the Build before has been seen', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(counted(4));
    const { history, asked } = await synced(t, cluster);
    const read = async (number: number) => {
      const before = asked.mock.callCount();
      await history.read({ ...lookup, build: `api-${number}`, number }, AbortSignal.timeout(1_000));
      return asked.mock.callCount() > before ? 'asked' : 'known';
    };
    const answers = [await read(1), await read(2)];
    cluster.store(numbered(3));
    answers.push(await read(4));
    cluster.store(numbered(1));
    answers.push(await read(4));
    cluster.remove(numbered(3));
    answers.push(await read(4));
    assert.deepEqual(answers, ['known', 'asked', 'known', 'known', 'known']);
  });

  it('asks the API server while no watch is open, and says so', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(counted(2));
    const { history, asked, read } = await synced(t, cluster);
    cluster.cut();
    await settle();
    assert.deepEqual(history.status(), { synced: false, buildConfigs: 1, notKept: 0 });
    await assert.rejects(read(), { message: 'connection refused' });
    cluster.mend();
    await read();
    assert.equal(asked.mock.callCount(), 2);
  });

  describe('createWatchedHistory, onFinished', () => {
    const build = (number: number, phase: string) =>
      exampleBuild({ metadata: { name: `api-${number}` }, status: { phase, duration: 30e9 } });
    const complete = { decision: 'unrecorded', phase: 'Complete', failure: undefined, seconds: 30, savedSeconds: 0 };

    it('is called once, and not for Builds that finished before', async (t) => {
      const cluster = new FakeCluster();
      cluster.store(build(1, 'Complete'));
      cluster.store(build(2, 'Running'));
      const { finished } = await synced(t, cluster);
      cluster.store(build(3, 'New'));
      cluster.store(build(3, 'Running'));
      assert.deepEqual(finished, []);
      cluster.store(build(3, 'Failed'));
      cluster.store(build(2, 'Complete'));
      const expected = [{ ...complete, phase: 'Failed', failure: 'other' }, complete];
      assert.deepEqual(finished, expected);
      cluster.store(build(2, 'Complete'));
      cluster.store(build(1, 'Complete'));
      cluster.remove(build(2, 'Complete'));
      assert.deepEqual(finished, expected);
    });

    it('is called for a Build that finished while the watch was interrupted', async (t) => {
      const cluster = new FakeCluster();
      for (const number of [1, 2, 3]) cluster.store(build(number, number === 3 ? 'Complete' : 'Running'));
      const { finished } = await synced(t, cluster);
      cluster.cut();
      await settle();
      cluster.store(build(1, 'Complete'));
      cluster.store(build(4, 'Complete'));
      cluster.forget();
      cluster.mend();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        t.mock.timers.tick(1_000);
        await settle();
      }
      assert.deepEqual(finished, [complete]);
    });
  });
});
