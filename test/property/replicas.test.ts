/**
 * Several replicas with lagging watches admit Builds of one BuildConfig at once: no reference is issued twice. The
 * simulation has its own clock and random delays.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/load-config.ts';
import { BuildConfigIndex } from '../../src/history/build-config-index.ts';
import { BuildIndex } from '../../src/history/build-index.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { type JsonObject, at, withValue } from '../../src/openshift/json.ts';
import { formatTime } from '../../src/openshift/metadata.ts';
import type { BuildConfigHistory } from '../../src/policy/facts.ts';
import { planBuild } from '../../src/policy/plan-build.ts';
import { exampleBuildConfig, exampleNamespace } from '../helpers/fixtures.ts';
import { testNow } from '../helpers/webhook.ts';

const config = parseConfig('assemble: {wrapper: false}', {});
const optedIn = { 's2i-incremental.io/enabled': 'true' };
const buildConfig = exampleBuildConfig({ metadata: { labels: optedIn } });
const identity = { name: 'api', uid: String(at(buildConfig, 'metadata', 'uid')) };

/** A replica: what its watches have reported, and its issued tags. */
class Replica {
  readonly builds = new BuildIndex();
  readonly buildConfigs = new BuildConfigIndex();
  readonly issued = new IssuedTags();
  /** When its watch delivers the previous event; a watch keeps the order. */
  delivered = 0;
}

/**
 * A Build: its number is counted at `start`, it is admitted and stored later. Times are milliseconds from the
 * beginning.
 */
interface Started {
  readonly start: number;
  readonly admission: number;
  readonly storing: number;
  readonly replica: number;
}

/** A delay that is usually short, and sometimes long. */
const delay = (short: number, long: number) => fc.oneof({ weight: 9, arbitrary: fc.nat(short) }, fc.nat(long));

const started: fc.Arbitrary<Started> = fc.record({
  start: delay(200, 5_000),
  admission: delay(100, 3_000),
  storing: delay(100, 9_000),
  replica: fc.nat(4),
});

function buildOf(number: number): JsonObject {
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      name: `api-${number}`,
      namespace: 'test',
      labels: optedIn,
      annotations: { 'openshift.io/build-config.name': 'api', 'openshift.io/build.number': String(number) },
      ownerReferences: [{ kind: 'BuildConfig', ...identity }],
    },
    spec: {
      source: { git: { uri: 'https://git.example.com/test/api' } },
      strategy: { type: 'Source', sourceStrategy: { from: { kind: 'DockerImage', name: 'python:3.12' } } },
      output: { to: { kind: 'DockerImage', name: 'harbor.example.com/test/api:latest' } },
    },
    status: { phase: 'New' },
  };
}

/** Runs the Builds; resolves with the reference of each. */
function simulate(
  builds: readonly Started[],
  replicaCount: number,
  earlier: number,
  lags: () => number,
): readonly string[] {
  const replicas = Array.from({ length: replicaCount }, () => new Replica());
  const server = new Replica();
  const queue: { readonly time: number; readonly run: () => void }[] = [];
  const references: string[] = [];
  const enqueue = (time: number, run: () => void) => void queue.push({ time, run });

  const watched = (time: number, tell: (replica: Replica) => void) => {
    tell(server);
    for (const replica of replicas) {
      replica.delivered = Math.max(replica.delivered, time + lags());
      enqueue(replica.delivered, () => tell(replica));
    }
  };
  const countTo = (time: number, number: number) => {
    const counted = withValue(buildConfig, ['status', 'lastVersion'], number);
    watched(time, (replica) => replica.buildConfigs.set(counted));
  };
  const store = (time: number, build: JsonObject) => {
    const stored = withValue(build, ['metadata', 'creationTimestamp'], formatTime(testNow + time));
    watched(time, (replica) => replica.builds.set(stored));
  };
  const admit = (time: number, number: number, replica: Replica): JsonObject => {
    const known = replica.buildConfigs.get('test', identity);
    // As in the watched history: if a watch lags behind, the API server is asked.
    const source = known !== undefined && known.lastVersion >= number ? replica : server;
    const query = { namespace: 'test', buildConfig: identity, build: `api-${number}` };
    const history: BuildConfigHistory = {
      buildConfig: source.buildConfigs.get('test', identity)?.facts,
      ...source.builds.lookUp(query),
    };
    const build = buildOf(number);
    const plan = planBuild({
      build,
      isClone: false,
      namespace: exampleNamespace(),
      facts: {
        history,
        issuedUpTo: (series) => replica.issued.upTo(series, testNow + time),
        isProxied: false,
        previousImage: 'unchecked',
        baseDigest: undefined,
      },
      config,
      scriptsVersion: '0123456789ab',
      now: testNow + time,
    });
    assert.ok(plan.kind === 'mutate' && plan.output !== undefined && plan.issued !== undefined);
    replica.issued.record(plan.issued, testNow + time);
    references.push(plan.output.name);
    return withValue(build, ['spec', 'output', 'to'], plan.output);
  };

  // Builds of an hour ago, which all replicas know.
  for (let number = Math.max(1, earlier - 4); number <= earlier; number += 1) {
    const build = withValue(buildOf(number), ['metadata', 'creationTimestamp'], formatTime(testNow - 3_600_000));
    for (const replica of [server, ...replicas]) replica.builds.set(build);
  }
  const inOrder = builds.toSorted((one, other) => one.start - other.start);
  for (const [index, { start, admission, storing, replica }] of inOrder.entries()) {
    const number = earlier + index + 1;
    enqueue(start, () => countTo(start, number));
    enqueue(start + admission, () => {
      const build = admit(start + admission, number, replicas[replica % replicaCount] as Replica);
      const stored = start + admission + storing;
      enqueue(stored, () => store(stored, build));
    });
  }
  while (queue.length > 0) {
    queue.sort((one, other) => one.time - other.time);
    queue.shift()?.run();
  }
  return references;
}

describe('tags issued by several replicas', () => {
  for (const replicaCount of [1, 2, 3, 5]) {
    it(`are all different for 20 Builds at once and ${replicaCount} replicas`, () => {
      fc.assert(
        fc.property(
          fc.array(started, { minLength: 2, maxLength: 20 }),
          fc.constantFrom(0, 3, 57),
          fc.infiniteStream(fc.nat(2_000)),
          (builds, earlier, lags) => {
            const references = simulate(builds, replicaCount, earlier, () => lags.next().value as number);
            assert.equal(references.length, builds.length);
            assert.deepEqual(
              references.filter((reference, index) => references.indexOf(reference) !== index),
              [],
            );
          },
        ),
        { numRuns: Number(process.env['MODEL_RUNS'] ?? 100) },
      );
    });
  }
});
