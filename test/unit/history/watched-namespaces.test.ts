import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWatchedNamespaces } from '../../../src/history/watched-namespaces.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';

const enabled = 's2i-incremental.io/enabled';
const incremental = 's2i-incremental.io/incremental';

function namespaceOf(name: string, labels: JsonObject): JsonObject {
  return { kind: 'Namespace', metadata: { name, labels: { ...labels, 'team.example.com/cost': '1' } } };
}

/** Waits until an open watch counts as current. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 400));

describe('createWatchedNamespaces', () => {
  it('returns current labels of namespaces with the opt-in label', async (t) => {
    const cluster = new FakeCluster();
    cluster.store(namespaceOf('web', { [enabled]: 'false', [incremental]: 'false' }));
    cluster.store(namespaceOf('plain', { [incremental]: 'false' }));
    const namespaces = createWatchedNamespaces(
      cluster,
      () => undefined,
      () => 0,
    );
    const stopping = new AbortController();
    const running = namespaces.run(stopping.signal);
    t.after(() => {
      stopping.abort();
      return running;
    });
    const read = async (name: string) =>
      JSON.parse(JSON.stringify(await namespaces.read(name, AbortSignal.timeout(1_000)))) as unknown;

    assert.deepEqual(await read('web'), { [enabled]: 'false', [incremental]: 'false' }, 'asked live before the watch');
    assert.deepEqual(await read('plain'), {});
    await settle();
    const asked = t.mock.method(cluster, 'get');
    assert.deepEqual(await read('web'), { [enabled]: 'false', [incremental]: 'false' });
    assert.deepEqual(await read('plain'), {});
    cluster.store(namespaceOf('plain', { [enabled]: 'true' }));
    cluster.store(namespaceOf('web', {}));
    assert.deepEqual([await read('web'), await read('plain')], [{}, { [enabled]: 'true' }]);
    assert.equal(asked.mock.callCount(), 0);
    cluster.cut();
    await settle();
    await assert.rejects(read('web'), { message: 'connection refused' });
  });
});
