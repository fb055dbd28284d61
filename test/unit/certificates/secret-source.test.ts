import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { type CertificateCluster, ConflictError } from '../../../src/certificates/certificate-cluster.ts';
import { CertificateError } from '../../../src/certificates/certificate-source.ts';
import { SecretSource, type SecretSourceEvent } from '../../../src/certificates/secret-source.ts';
import { ReplicaWorld } from '../../helpers/replica-world.ts';

const { signal } = new AbortController();
const day = 24 * 3_600_000;
const periods = { life: 90 * day, authorityLife: 730 * day };

/** Returns one replica in its own world, whose requests can be made to fail. */
function alone() {
  const world = new ReplicaWorld(periods, () => 0);
  const events: SecretSourceEvent[] = [];
  const failing: Partial<Record<keyof CertificateCluster, Error>> = {};
  const real = world.createCluster();
  const orFail = <T>(error: Error | undefined, perform: () => Promise<T>) =>
    error === undefined ? perform() : Promise.reject(error);
  const cluster: CertificateCluster = {
    ...real,
    readConfiguration: (...args) => orFail(failing.readConfiguration, () => real.readConfiguration(...args)),
    writeSecret: (...args) => orFail(failing.writeSecret, () => real.writeSecret(...args)),
    publish: (...args) => orFail(failing.publish, () => real.publish(...args)),
  };
  const source = new SecretSource({
    cluster,
    maker: world.maker,
    periods,
    clock: () => world.now,
    onEvent: (event) => events.push(event),
  });
  const round = async () => {
    const state: { went?: boolean } = {};
    void source.round(signal).then((went) => (state.went = went));
    while (state.went === undefined) await world.letSomeThrough();
    return state.went;
  };
  return { world, source, events, failing, round, kinds: () => events.splice(0).map(({ kind }) => kind) };
}

describe('SecretSource', () => {
  it('serves a leaf that it published', async () => {
    const { source, round, kinds, world } = alone();
    assert.deepEqual(source.check(world.now), { ok: false, detail: 'the certificates have not been read yet' });
    assert.equal(await round(), true);
    assert.deepEqual(kinds(), ['rotated', 'published', 'serving']);
    assert.deepEqual(source.check(world.now), { ok: true, detail: '90 days left' });
    assert.equal(await round(), true);
    assert.deepEqual(kinds(), []);
  });

  it('keeps serving while the API server does not answer, and reports it once', async () => {
    const { source, round, kinds, world, failing } = alone();
    await round();
    kinds();
    failing.readConfiguration = new Error('connection refused');
    assert.deepEqual([await round(), await round()], [false, false]);
    assert.deepEqual(source.check(world.now), { ok: true, detail: '90 days left; connection refused' });
    failing.readConfiguration = new Error('forbidden');
    await round();
    assert.deepEqual(kinds(), ['failed', 'failed']);
    delete failing.readConfiguration;
    await round();
    assert.deepEqual(kinds(), ['recovered']);
    assert.deepEqual(source.check(world.now), { ok: true, detail: '90 days left' });
    assert.deepEqual(source.check(world.now + 91 * day), { ok: false, detail: 'expired' });
  });

  it('is not ready while its CA is not published, and says why', async () => {
    const { source, round, kinds, world, failing } = alone();
    await round();
    world.wipeBundles();
    failing.publish = new Error('forbidden');
    kinds();
    await round();
    assert.deepEqual(source.check(world.now), {
      ok: false,
      detail: 'not verified by the caBundle of webhook; forbidden',
    });
    delete failing.publish;
    await round();
    assert.deepEqual(source.check(world.now), { ok: true, detail: '90 days left' });
    assert.deepEqual(kinds(), ['failed', 'published', 'recovered']);
  });

  it('serves nothing as long as it cannot publish', async () => {
    const { source, round, world, failing } = alone();
    failing.publish = new Error('forbidden');
    await round();
    assert.equal(source.current, undefined);
    assert.deepEqual(source.check(world.now), { ok: false, detail: 'forbidden' });
  });

  it('serves a stored and published leaf although it cannot write', async () => {
    const { source, round, world, failing } = alone();
    await round();
    const before = source.current;
    failing.writeSecret = new CertificateError('may not be written');
    world.now += 70 * day;
    await round();
    assert.equal(source.current, before);
    assert.deepEqual(source.check(world.now), { ok: true, detail: '20 days left; may not be written' });
  });

  it('ends a round after too many conflicts', async () => {
    const { round, events, failing, source, world } = alone();
    failing.writeSecret = new ConflictError('the Secret was written by another');
    assert.equal(await round(), false);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['failed'],
    );
    assert.deepEqual(source.check(world.now), { ok: false, detail: 'the Secret was written by another' });
  });

  it('repeats rounds until it is closed', async () => {
    const world = new ReplicaWorld({ life: 200, authorityLife: 2_000 }, () => 0);
    let reads = 0;
    const cluster = {
      ...world.createCluster(),
      readConfiguration: () => Promise.resolve(void (reads += 1)),
    };
    const source = new SecretSource({
      cluster,
      maker: world.maker,
      periods: { life: 200, authorityLife: 2_000 },
      clock: Date.now,
      onEvent: () => undefined,
    });
    source.start(() => 0);
    await waitFor('a fourth round', () => reads > 3);
    await source.close();
    const until = reads;
    await delay(50);
    assert.equal(reads, until);
    assert.deepEqual(source.check(0), { ok: false, detail: 'webhook configuration webhook does not exist yet' });
  });
});
