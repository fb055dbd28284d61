import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BuildIndex } from '../../../src/history/build-index.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import { comparable, completeBuild, referenceOf } from './example-builds.ts';

const uids = ['uid-a', 'uid-b'];
/** Of the BuildConfigs; the Builds are called app-0 to app-3. */
const configs = ['app', 'app-1', 'other'];
const namespaces = ['test', 'prod'];

/** A Build as someone may have edited it: another owner, another number, another phase, opted in or not. */
const build: fc.Arbitrary<JsonObject> = fc
  .record({
    name: fc.nat({ max: 3 }),
    number: fc.nat({ max: 3 }),
    uid: fc.constantFrom(...uids),
    config: fc.constantFrom('app', 'app', ...configs),
    namespace: fc.constantFrom(...namespaces),
    enabled: fc.constantFrom('true', 'true', 'true', 'false'),
    phase: fc.constantFrom('Complete', 'Running'),
    env: fc.constantFrom([{ name: 'A' }], [{ name: 'B' }]),
    owned: fc.boolean(),
  })
  .map(({ name, number, uid, config, namespace, enabled, phase, env, owned }) => {
    const owner = { kind: 'BuildConfig', name: config, uid };
    return merge(completeBuild(name), {
      metadata: {
        namespace,
        labels: { 's2i-incremental.io/enabled': enabled },
        annotations: { 'openshift.io/build.number': String(number), 'openshift.io/build-config.name': config },
        ownerReferences: owned ? [owner] : null,
      },
      spec: { strategy: { sourceStrategy: { env } } },
      status: { phase },
    }) as JsonObject;
  });

/** All that an index can be asked. */
function answersOf(index: BuildIndex): unknown {
  return namespaces.flatMap((namespace) =>
    uids.flatMap((uid) =>
      configs.flatMap((name) =>
        ['app-1', 'none'].map((asking) => {
          return comparable(index.lookUp({ namespace, buildConfig: { name, uid }, build: asking }));
        }),
      ),
    ),
  );
}

function keyOf({ metadata }: JsonObject): string {
  const { namespace, name } = metadata as Record<string, string>;
  return `${namespace ?? ''}/${name ?? ''}`;
}

describe('BuildIndex', () => {
  it('knows after any changes what it would know from the Builds that are left alone', () => {
    const change = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'remove'), build });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const changed = new BuildIndex();
        const left = new Map<string, JsonObject>();
        for (const { kind, build: object } of changes) {
          if (kind === 'set') {
            changed.set(object);
            left.set(keyOf(object), object);
          } else {
            changed.remove(object);
            left.delete(keyOf(object));
          }
        }
        const fresh = new BuildIndex();
        for (const object of left.values()) fresh.set(object);
        assert.deepEqual(answersOf(changed), answersOf(fresh));
        assert.equal(changed.buildConfigCount, fresh.buildConfigCount);
      }),
      { numRuns: 300 },
    );
  });

  it('knows the same of a BuildConfig with very many Builds, however they come and go', () => {
    const past = (index: BuildIndex) =>
      comparable(index.lookUp({ namespace: 'test', buildConfig: { name: 'app', uid: 'uid-of-app' }, build: 'app-99' }));
    const index = new BuildIndex();
    const [there, counts] = [new Set<number>(), [1, 31, 32, 33, 34, 64, 90]];
    const change = (number: number, isSet: boolean) => {
      if (isSet) index.set(completeBuild(number));
      else index.remove(completeBuild(number));
      if (isSet) there.add(number);
      else there.delete(number);
      const { hasBuilds, previous, references } = past(index);
      assert.equal(hasBuilds, there.size > 0);
      assert.equal(previous?.number, there.size === 0 ? undefined : Math.max(...there));
      if (counts.includes(there.size))
        assert.deepEqual(references, new Set([...there].sort((a, b) => a - b).map(referenceOf)));
    };
    const numbers = Array.from({ length: 90 }, (_, at) => ((at * 37) % 97) + 1).filter((number) => number !== 99);
    for (const number of numbers) change(number, true);
    for (const number of numbers) change(number, true);
    assert.equal(index.hasUnfinished(completeBuild(1)), false);
    index.set(completeBuild(1, { status: { phase: 'Running' } }));
    assert.equal(index.hasUnfinished(completeBuild(1)), true);
    for (const number of numbers) change(number, false);
    assert.equal(index.buildConfigCount, 0);
  });

  it('keeps nothing once every Build is gone', () => {
    const index = new BuildIndex();
    for (const number of [1, 2]) index.set(completeBuild(number));
    assert.equal(index.buildConfigCount, 1);
    for (const number of [1, 2]) index.remove(completeBuild(number));
    assert.equal(index.buildConfigCount, 0);
    assert.deepEqual(index.lookUp({ namespace: 'test', buildConfig: { name: 'app', uid: 'uid-of-app' }, build: '' }), {
      hasBuilds: false,
      previous: undefined,
      references: new Set(),
    });
  });
});
