import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SecretSource } from '../../../src/certificates/secret-source.ts';
import { ReplicaWorld } from '../../helpers/replica-world.ts';

/** Milliseconds; only the proportions matter, but whole seconds must be small compared with them. */
const life = 1_000_000;
const never = new AbortController().signal;

/** Returns a generator of numbers from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A replica, with the test's knowledge of it. */
interface Tracked {
  source: SecretSource;
  readonly skew: number;
  round: Promise<unknown> | undefined;
  rest: number;
  servingSince: number | undefined;
}

interface Scenario {
  readonly seed: number;
  readonly replicas: number;
  /** The validity of a CA, in validities of a leaf. */
  readonly ratio: number;
  /** The probability in each step that a replica restarts, or the Secret is deleted or corrupted. */
  readonly restarts: number;
  readonly losses: number;
}

/** Simulates some validities of a CA, and checks in each step that every replica is accepted. */
async function play({ seed, replicas, ratio, restarts, losses }: Scenario) {
  const random = randomFrom(seed);
  const authorityLife = ratio * life;
  const spread = Math.min(10_000, authorityLife / 24);
  const world = new ReplicaWorld({ life, authorityLife }, random);
  const track = (skew: number): Tracked => ({
    source: world.createReplica(skew),
    skew,
    round: undefined,
    rest: 0,
    servingSince: undefined,
  });
  // Clocks differ by less than certificates are backdated.
  const tracked = Array.from({ length: replicas }, () => track((random() - 0.5) * 0.05 * life));
  const lost = { times: 0 };

  const step = async (advance: number) => {
    for (const replica of tracked) {
      if (replica.round !== undefined) continue;
      replica.rest -= 1;
      if (replica.rest > 0) continue;
      replica.round = replica.source.round(never).then(() => {
        replica.round = undefined;
        replica.rest = Math.floor(random() * 6);
      });
    }
    await world.letSomeThrough();
    world.now += advance;
    for (const replica of tracked) {
      const { current } = replica.source;
      if (current === undefined) continue;
      replica.servingSince ??= world.now;
      assert.ok(current.notAfter > world.now, 'a certificate that has expired is served');
      assert.ok(world.isVerified(current.cert, world.caBundles), 'a certificate that nobody verifies is served');
      // Except for a new replica, also API servers that lag behind must accept it.
      if (world.now - replica.servingSince > spread) {
        const lagging = world.publishedBefore(spread * 0.9);
        assert.ok(world.isVerified(current.cert, lagging), 'a certificate is served too early');
      }
    }
  };

  const end = world.now + 3.5 * authorityLife;
  while (world.now < end) {
    await step(random() * 0.004 * life);
    const chosen = tracked[Math.floor(random() * tracked.length)];
    if (chosen !== undefined && random() < restarts) {
      Object.assign(chosen, track(chosen.skew));
    }
    // All replicas must have read the new certificates before they are lost again.
    if (tracked.every(({ source }) => source.current !== undefined) && random() < losses) {
      lost.times += 1;
      if (random() < 0.5) world.deleteSecret();
      else world.spoilSecret();
    }
  }
  for (let rest = 0; rest < 300; rest += 1) await step(spread / 50);
  // Pending writes happen in the first loop, and none in the second.
  for (let rest = 0; rest < 200; rest += 1) await step(0);
  const written = { ...world.writes };
  for (let rest = 0; rest < 200; rest += 1) await step(0);
  return {
    world,
    tracked,
    lost: lost.times,
    isStable: world.writes.secret === written.secret && world.writes.configuration === written.configuration,
  };
}

const scenario = {
  seed: fc.integer(),
  replicas: fc.integer({ min: 1, max: 5 }),
  ratio: fc.integer({ min: 2, max: 4 }),
  restarts: fc.constantFrom(0, 0.01),
};

describe('SecretSource, simulated replicas', () => {
  it('are always accepted, rotate one sequence of CAs, and settle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ ...scenario, losses: fc.constant(0) }), async (chosen) => {
        const { world, tracked, isStable } = await play(chosen);
        assert.equal(world.beginnings, 1);
        assert.equal(new Set(tracked.map(({ source }) => source.current?.cert)).size, 1);
        assert.equal(world.backwards, 0);
        assert.ok(isStable, 'somebody still writes');
        // 3.5 validities of a CA are 5 CAs, each with leaves.
        assert.ok(world.writes.secret >= 5 + 3 * chosen.ratio, `${world.writes.secret} writes`);
      }),
      { numRuns: 10 },
    );
  });

  it('are always accepted while the Secret is deleted and corrupted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ ...scenario, losses: fc.constant(0.002) }), async (chosen) => {
        const { world, tracked, lost, isStable } = await play(chosen);
        assert.ok(world.beginnings <= 1 + lost, `${world.beginnings} beginnings after ${lost} losses`);
        assert.equal(new Set(tracked.map(({ source }) => source.current?.cert)).size, 1);
        assert.equal(world.backwards, 0);
        assert.ok(isStable, 'somebody still writes');
      }),
      { numRuns: 10 },
    );
  });
});
