import assert from 'node:assert/strict';
import { type TestContext, describe, it } from 'node:test';
import { Reflector, type ReflectorEvent } from '../../../src/kubernetes/reflector.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { nameOf } from '../../../src/openshift/metadata.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';

/** An index of names that also remembers the one it replaced. */
class Names {
  readonly known = new Set<string>();
  readonly before: readonly string[];
  constructor(before: Names | undefined) {
    this.before = [...(before?.known ?? [])];
  }
  set(object: JsonObject): void {
    this.known.add(nameOf(object));
  }
  remove(object: JsonObject): void {
    this.known.delete(nameOf(object));
  }
}

const named = (name: string, labels = { on: 'true' }) => ({
  kind: 'Build',
  metadata: { name, namespace: 'web', labels },
});

/** Advances the mocked time and runs what is due. */
async function pass(t: TestContext, milliseconds: number): Promise<void> {
  t.mock.timers.tick(milliseconds);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function start(t: TestContext, cluster: FakeCluster, random = () => 0) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const events: ReflectorEvent[] = [];
  const reflector = new Reflector({
    cluster,
    selection: { resource: 'builds', labelSelector: 'on=true' },
    createIndex: (before: Names | undefined) => new Names(before),
    onEvent: (event) => events.push(event),
    random,
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  const names = () => [...reflector.index.known].sort();
  const stop = async () => {
    stopping.abort();
    await pass(t, 0);
    await running;
  };
  return { reflector, events, names, stop };
}

describe('Reflector', () => {
  it('lists page by page, watches, and is current once the watch has settled', async (t) => {
    const cluster = new FakeCluster();
    const all = Array.from({ length: 250 }, (_, index) => `app-${String(index).padStart(3, '0')}`);
    for (const name of all) cluster.store(named(name));
    cluster.store(named('other', { on: 'false' }));
    const { reflector, events, names, stop } = start(t, cluster);
    await pass(t, 0);
    assert.deepEqual(names(), all);
    assert.deepEqual(
      events.map((event) => event.kind === 'synced' && event.objects),
      [250],
    );
    await pass(t, 199);
    assert.equal(reflector.isCurrent, false);
    await pass(t, 1);
    assert.equal(reflector.isCurrent, true);

    cluster.store(named('new'));
    cluster.remove(named('app-000'));
    cluster.store(named('app-001', { on: 'false' }));
    assert.deepEqual(names(), [...all.slice(2), 'new']);
    cluster.cut();
    await pass(t, 0);
    cluster.mend();
    await pass(t, 500);
    await pass(t, 200);
    cluster.cut();
    await pass(t, 0);
    // A settled watch resets the waiting time.
    assert.deepEqual(
      events.map((event) => (event.kind === 'interrupted' ? event.retryIn : event.kind)),
      ['synced', 500, 500],
    );
    await stop();
    assert.equal(reflector.isCurrent, false);
  });

  it('waits longer after each failure, and continues from its version', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(named('first'));
    const { reflector, events, names, stop } = start(t, cluster, () => 0.5);
    await pass(t, 0);
    await pass(t, 200);
    assert.equal(reflector.isCurrent, true);
    cluster.cut();
    await pass(t, 0);
    assert.equal(reflector.isCurrent, false);
    cluster.store(named('missed'));
    for (let attempt = 0; attempt < 8; attempt += 1) await pass(t, 30_000);
    const waits = events.map((event) => (event.kind === 'interrupted' ? event.retryIn : event.kind));
    assert.deepEqual(waits, ['synced', 375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);

    cluster.mend();
    await pass(t, 30_000);
    assert.deepEqual(names(), ['first', 'missed']);
    await pass(t, 200);
    assert.equal(reflector.isCurrent, true);
    assert.equal(events.filter(({ kind }) => kind === 'synced').length, 1);
    await stop();
  });

  it('lists again if the version expired, and drops deleted objects', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(named('first'));
    cluster.store(named('deleted'));
    const { reflector, events, names, stop } = start(t, cluster);
    await pass(t, 0);
    await pass(t, 200);
    cluster.cut();
    cluster.remove(named('deleted'));
    cluster.store(named('second'));
    cluster.forget();
    cluster.mend();
    await pass(t, 0);
    await pass(t, 500);
    await pass(t, 1_000);
    assert.deepEqual(names(), ['first', 'second']);
    assert.deepEqual(reflector.index.before, ['first', 'deleted']);
    assert.deepEqual(
      events.map((event) => (event.kind === 'interrupted' ? (event.error as Error).message : event.kind)),
      ['synced', 'connection reset', 'too old resource version', 'synced'],
    );
    await stop();
  });
});
