import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Admission } from '../../src/admission/admit.ts';
import { createRecall } from '../../src/cli/watch-history.ts';
import { createWatchedHistory } from '../../src/history/watched-history.ts';
import { type JsonObject, withValue } from '../../src/openshift/json.ts';
import { buildConfigOf } from '../helpers/cluster/builds.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { loadFixture, merge } from '../helpers/fixtures.ts';
import { type TestWebhook, startTestWebhook } from '../helpers/webhook.ts';

const review = loadFixture('03-CREATE-buildconfigs-instantiate-api.json');
const namespace = 'test';
const config = 'assemble: {wrapper: false}';

/** Starts a webhook that watches a cluster with the opted-in BuildConfig `api` and another one, `web`. */
async function start(t: Parameters<typeof startTestWebhook>[0], keepsSettings: boolean) {
  const cluster = new FakeCluster();
  const labels = { 's2i-incremental.io/enabled': 'true' };
  cluster.store(withValue(buildConfigOf('api', namespace, { labels }), ['metadata', 'uid'], 'uid-of-api'));
  cluster.store(buildConfigOf('web', namespace));
  const history = createWatchedHistory(
    cluster,
    () => undefined,
    () => 0,
    () => undefined,
    { keepsSettings },
  );
  const watching = new AbortController();
  const watched = history.run(watching.signal);
  t.after(async () => {
    watching.abort();
    await watched;
  });
  while (!history.status().synced) await setImmediate();
  const admissions: Admission[] = [];
  const webhook = await startTestWebhook(t, {
    config,
    recall: createRecall({ ...history, namespaces: undefined }, () => false),
    onAdmission: (admission) => admissions.push(admission),
    history: { read: () => Promise.reject(new Error('a start of a Build reads no history')) },
  });
  return { webhook, cluster, admissions };
}

async function warningsOf(webhook: TestWebhook, request: JsonObject = {}): Promise<unknown> {
  const { status, text } = await webhook.post(merge(review, { request }) as JsonObject, {
    path: '/mutate/start-build?timeout=1s',
  });
  const { response } = JSON.parse(text) as { readonly response: JsonObject };
  const { uid: _uid, ...answer } = response;
  assert.deepEqual(
    { status, allowed: answer['allowed'], patch: answer['patch'] },
    { status: 200, allowed: true, patch: undefined },
  );
  return answer['warnings'] ?? [];
}

describe('POST /mutate/start-build', () => {
  it('says what the Build will be, and changes nothing', async (t) => {
    const { webhook, admissions } = await start(t, true);
    assert.deepEqual(await warningsOf(webhook), ['full build: it is the first Build since its BuildConfig opted in']);
    assert.deepEqual(await warningsOf(webhook, { object: { sourceStrategyOptions: { incremental: false } } }), [
      'full build: it was started with --incremental=false',
    ]);
    assert.deepEqual(
      admissions.map(({ plan, patch, failures }) => [plan.reason, patch, failures]),
      [
        ['build_announced', [], undefined],
        ['build_announced', [], undefined],
      ],
    );
  });

  it('says nothing about a BuildConfig that did not opt in or does not exist', async (t) => {
    const { webhook } = await start(t, true);
    assert.deepEqual(await warningsOf(webhook, { name: 'web' }), []);
    assert.deepEqual(await warningsOf(webhook, { name: 'other' }), []);
    assert.deepEqual(await warningsOf(webhook, { namespace: 'other' }), []);
  });

  it('says nothing without the setting, and while the watches are interrupted', async (t) => {
    const { webhook } = await start(t, false);
    assert.deepEqual(await warningsOf(webhook), []);
    const interrupted = await start(t, true);
    interrupted.cluster.cut();
    assert.deepEqual(await warningsOf(interrupted.webhook), []);
  });

  it('says nothing about other resources and operations, whatever they are', async (t) => {
    const { webhook } = await start(t, true);
    assert.deepEqual(await warningsOf(webhook, { subResource: 'instantiatebinary' }), []);
    assert.deepEqual(await warningsOf(webhook, { operation: 'UPDATE' }), []);
    assert.deepEqual(await warningsOf(webhook, { resource: { resource: 'builds' }, subResource: '' }), []);
    const odd = { env: [null, 1, { name: 5 }], sourceStrategyOptions: [], metadata: { labels: [] } };
    assert.deepEqual(await warningsOf(webhook, { object: odd }), [
      'full build: it is the first Build since its BuildConfig opted in',
    ]);
  });
});
