import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BuildIndex } from '../../../src/history/build-index.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import {
  buildConfig,
  comparable,
  completeBuild,
  nothingKnown,
  ourAnnotations,
  referenceOf,
  scripts,
} from './example-builds.ts';

const second = (seconds: number) => new Date(Date.UTC(2026, 0, 30) + seconds * 1_000).toISOString();

/** A Build that may have been edited: other owner, number, phase, label. */
const described = fc.record({
  name: fc.nat({ max: 4 }),
  number: fc.nat({ max: 4 }),
  created: fc.nat({ max: 3 }),
  uid: fc.constantFrom('uid-a', 'uid-a', 'uid-b'),
  config: fc.constantFrom('app', 'app', 'app', 'app-1'),
  namespace: fc.constantFrom('test', 'test', 'prod'),
  isEnabled: fc.constantFrom(true, true, true, false),
  isOwned: fc.constantFrom(true, true, true, false),
  phase: fc.constantFrom('Complete', 'Complete', 'Failed', 'Running', 'Cancelled'),
  continued: fc.boolean(),
  failsToFetch: fc.boolean(),
  env: fc.constantFrom('A', 'B'),
});
type Described = typeof described extends fc.Arbitrary<infer T> ? T : never;

function buildOf(build: Described): JsonObject {
  return merge(
    merge(completeBuild(build.name), ourAnnotations({ decision: build.continued ? 'incremental' : 'full' })),
    {
      metadata: {
        namespace: build.namespace,
        creationTimestamp: second(build.created),
        labels: { 's2i-incremental.io/enabled': String(build.isEnabled) },
        annotations: {
          'openshift.io/build.number': String(build.number),
          'openshift.io/build-config.name': build.config,
        },
        ownerReferences: build.isOwned ? [{ kind: 'BuildConfig', name: build.config, uid: build.uid }] : null,
      },
      spec: { strategy: { sourceStrategy: { scripts, env: [{ name: build.env }] } } },
      status: { phase: build.phase, reason: build.failsToFetch ? 'FetchScriptsFailed' : null },
    },
  ) as JsonObject;
}

interface Query {
  readonly namespace: string;
  readonly buildConfig: { readonly name: string; readonly uid: string };
}

const queries: readonly Query[] = ['test', 'prod'].flatMap((namespace) =>
  ['uid-a', 'uid-b'].flatMap((uid) => ['app', 'app-1'].map((name) => ({ namespace, buildConfig: { name, uid } }))),
);

/** Returns a text that is greater for a newer Build. */
const ageOf = ({ created, number, name }: Described) => `${created} ${number} ${name}`;
const newestFirst = (builds: readonly Described[]) => builds.toSorted((a, b) => (ageOf(a) < ageOf(b) ? 1 : -1));

/** The expected answers of an index, computed from all remaining Builds and the changes. */
class Model {
  readonly #left = new Map<string, Described>();
  readonly #scriptsFailedAt = new Map<string, number>();
  /** By BuildConfig: the newest complete Build since there was none. */
  readonly #newestEver = new Map<Query, string>();

  change(kind: 'set' | 'remove', build: Described): void {
    const key = `${build.namespace}/${build.name}`;
    if (kind === 'set' && build.isEnabled) this.#left.set(key, build);
    else this.#left.delete(key);
    if (kind === 'set' && build.isEnabled && build.phase === 'Failed' && build.failsToFetch) {
      const before = this.#scriptsFailedAt.get(build.namespace) ?? 0;
      this.#scriptsFailedAt.set(build.namespace, Math.max(before, Date.parse(second(build.created))));
    }
    for (const namespace of ['test', 'prod']) {
      if (![...this.#left.values()].some((other) => other.namespace === namespace))
        this.#scriptsFailedAt.delete(namespace);
    }
    for (const query of queries) {
      const newest = this.#completeOf(query)[0];
      if (newest === undefined) this.#newestEver.delete(query);
      else if (ageOf(newest) > (this.#newestEver.get(query) ?? '')) this.#newestEver.set(query, ageOf(newest));
    }
  }

  /** Returns whether the newest complete Build is the newest there ever was. */
  mustAnswer(query: Query): boolean {
    const newest = this.#completeOf(query)[0];
    return newest === undefined || this.#newestEver.get(query) === ageOf(newest);
  }

  answer(query: Query): unknown {
    const all = [...this.#left.values()];
    const builds = this.#of(query);
    const previous = this.#completeOf(query)[0];
    const ended = newestFirst(builds.filter(({ phase }) => phase === 'Complete' || phase === 'Failed'));
    return {
      hasBuilds: builds.length > 0,
      previous: previous && { name: `app-${previous.name}`, number: previous.number, envNames: [previous.env] },
      outcomes: ended.map(({ name, continued, phase, created }) => {
        const times = { seconds: undefined, chainFullSeconds: undefined };
        const succeeded = phase === 'Complete';
        const failedAt = succeeded ? undefined : Date.parse(second(created));
        return { name: `app-${name}`, continued, succeeded, failedAt, ...times };
      }),
      references: new Set(
        all
          .map(({ name }) => name)
          .sort()
          .map(referenceOf),
      ),
      numbers: [...new Set(builds.map(({ number }) => number))].sort(),
      scriptsFailedAt: this.#scriptsFailedAt.get(query.namespace),
    };
  }

  #of({ namespace, buildConfig }: Query): readonly Described[] {
    return [...this.#left.values()].filter(
      (build) =>
        build.isOwned &&
        build.namespace === namespace &&
        build.uid === buildConfig.uid &&
        build.config === buildConfig.name,
    );
  }

  #completeOf(query: Query): readonly Described[] {
    return newestFirst(this.#of(query).filter(({ phase }) => phase === 'Complete'));
  }
}

function answerOf(index: BuildIndex, query: Query): unknown {
  const { previous, ...facts } = comparable(index.lookUp({ ...query, build: 'new' }));
  return {
    ...facts,
    previous: previous && { name: previous.name, number: previous.number, envNames: previous.envNames },
  };
}

describe('BuildIndex', () => {
  it('answers after any changes like the remaining Builds, or says that it cannot', () => {
    const change = fc.record({
      kind: fc.constantFrom('set' as const, 'set' as const, 'remove' as const),
      build: described,
    });
    const seen = { unanswered: 0, answered: 0 };
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40, size: 'max' }), (changes) => {
        const [index, model] = [new BuildIndex(), new Model()];
        for (const { kind, build } of changes) {
          index[kind](buildOf(build));
          model.change(kind, build);
          for (const query of queries) {
            const canAnswer = index.canAnswer({ ...query, build: 'new' });
            if (canAnswer) assert.deepEqual(answerOf(index, query), model.answer(query));
            else assert.equal(model.mustAnswer(query), false);
            seen[canAnswer ? 'answered' : 'unanswered'] += 1;
          }
        }
      }),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 300) },
    );
    assert.ok(seen.unanswered > 0 && seen.answered > 50 * seen.unanswered, JSON.stringify(seen));
  });

  const query = { namespace: 'test', buildConfig, build: 'app-99' };
  const indexOf = (...builds: readonly JsonObject[]) => {
    const index = new BuildIndex();
    builds.forEach((build) => index.set(build));
    return index;
  };
  const previousIn = (index: BuildIndex) =>
    index.canAnswer(query) ? (index.lookUp(query).previous?.name ?? 'none') : 'unknown';

  it('cannot answer when the newest Build to continue from is removed and others remain', () => {
    const index = indexOf(completeBuild(1), completeBuild(3), completeBuild(2));
    assert.equal(previousIn(index), 'app-3');
    index.remove(completeBuild(2));
    assert.equal(previousIn(index), 'app-3');
    index.set(completeBuild(3, { status: { phase: 'Failed' } }));
    assert.equal(previousIn(index), 'unknown');
    index.set(completeBuild(2));
    assert.equal(previousIn(index), 'unknown');
    index.set(completeBuild(4, { status: { phase: 'Running' } }));
    assert.equal(previousIn(index), 'unknown');
    index.set(completeBuild(4));
    assert.equal(previousIn(index), 'app-4');
  });

  it('knows that no Build remains to continue from', () => {
    const index = indexOf(completeBuild(1), completeBuild(2));
    index.remove(completeBuild(2));
    assert.equal(previousIn(index), 'unknown');
    index.remove(completeBuild(1));
    assert.equal(previousIn(index), 'none');
    assert.deepEqual(comparable(index.lookUp(query)), nothingKnown);
  });

  it('cannot answer for a Build that it contains', () => {
    const index = indexOf(completeBuild(1));
    assert.equal(index.canAnswer({ ...query, build: 'app-1' }), false);
    assert.equal(index.canAnswer({ ...query, namespace: 'prod', build: 'app-1' }), true);
  });

  it('returns the newest 20 outcomes', () => {
    const index = indexOf(...Array.from({ length: 30 }, (_, at) => completeBuild(((at * 7) % 30) + 1)));
    const expected = Array.from({ length: 20 }, (_, at) => `app-${30 - at}`);
    assert.deepEqual(
      index.lookUp(query).outcomes.map(({ name }) => name),
      expected,
    );
  });

  it('keeps the last four addresses per namespace that failed', () => {
    const address = (number: number) => `http://example.com/${number}/python`;
    const failed = (number: number, created: number) =>
      completeBuild(number, {
        metadata: { creationTimestamp: second(created) },
        spec: { strategy: { sourceStrategy: { scripts: address(number) } } },
        status: { phase: 'Failed', reason: 'FetchScriptsFailed' },
      });
    const index = indexOf(
      failed(1, 1),
      failed(2, 2),
      failed(3, 3),
      failed(1, 4),
      failed(4, 5),
      failed(5, 6),
      failed(1, 0),
    );
    const known = [1, 2, 3, 4, 5].map((number) => index.lookUp(query).scriptsFailedAt(address(number)));
    assert.deepEqual(
      known,
      [4, undefined, 3, 5, 6].map((time) => time && Date.parse(second(time))),
    );
  });

  it('keeps no key longer than that of a BuildConfig', () => {
    for (const identity of [
      { name: 'app', uid: 'u'.repeat(73) },
      { name: 'a'.repeat(254), uid: 'u' },
      { name: 'Not A Name', uid: 'u' },
    ]) {
      const { name } = identity;
      const build = completeBuild(1, {
        metadata: {
          ownerReferences: [{ kind: 'BuildConfig', ...identity }],
          annotations: { 'openshift.io/build-config.name': name },
        },
      });
      const { hasBuilds, references } = indexOf(build).lookUp({ ...query, buildConfig: identity });
      assert.deepEqual([hasBuilds, references.has(referenceOf(1))], [false, true]);
    }
  });

  describe('BuildIndex over its limit', () => {
    const inNamespace = (namespace: string, number: number, patch: JsonObject = {}) =>
      completeBuild(number, merge({ metadata: { namespace } }, patch) as JsonObject);
    const asking = (namespace: string) => ({ ...query, namespace });

    it('drops the largest namespace, and says so', () => {
      const index = new BuildIndex(undefined, 8_000);
      for (const number of [1, 2, 3]) index.set(inNamespace('small', number));
      for (let number = 4; number < 40; number += 1) index.set(inNamespace('large', number));
      assert.equal(index.notKept, 1);
      assert.deepEqual(
        ['small', 'large', 'other'].map((namespace) => index.canAnswer(asking(namespace))),
        [true, false, true],
      );
      const { previous, references } = comparable(index.lookUp(asking('small')));
      assert.deepEqual([previous?.name, references], ['app-3', new Set([1, 2, 3].map(referenceOf))]);
      index.remove(inNamespace('large', 5));
      index.set(inNamespace('large', 50, { status: { phase: 'Running' } }));
      assert.equal(index.hasUnfinished(inNamespace('large', 50)), false);
      assert.equal(index.canAnswer(asking('large')), false);
    });

    it('counts only what it keeps now', () => {
      const index = new BuildIndex(undefined, 8_000);
      for (let round = 0; round < 100; round += 1) {
        const number = (round % 5) + 1;
        const env = Array.from({ length: number * 10 }, () => ({ name: 'VARIABLE' }));
        const uid = round % 2 === 0 ? 'uid-a' : 'uid-b';
        const owner = { ownerReferences: [{ kind: 'BuildConfig', name: 'app', uid }] };
        index.set(inNamespace('test', number, { metadata: owner, spec: { strategy: { sourceStrategy: { env } } } }));
        index.set(inNamespace('test', number, { status: { phase: 'Running' } }));
        if (round % 3 === 0) index.remove(inNamespace('test', number));
        if (round % 10 === 9) for (let each = 1; each <= 5; each += 1) index.remove(inNamespace('test', each));
      }
      assert.equal(index.notKept, 0);
    });

    it('counts the settings of the Build to continue from', () => {
      const env = Array.from({ length: 200 }, (_, at) => ({ name: `VARIABLE_${at}` }));
      const index = new BuildIndex(undefined, 8_000);
      index.set(inNamespace('test', 1, { spec: { strategy: { sourceStrategy: { env } } } }));
      assert.equal(index.notKept, 1);
    });
  });

  it('takes over unfinished Builds until it is complete', () => {
    const running = (number: number) => completeBuild(number, { status: { phase: 'Running' } });
    const first = indexOf(running(1), running(2), running(3), completeBuild(4));
    const second = new BuildIndex(first);
    second.set(completeBuild(1));
    const third = new BuildIndex(second);
    const known = (index: BuildIndex) => [1, 2, 3, 4].map((number) => index.hasUnfinished(completeBuild(number)));
    assert.deepEqual([first, second, third].map(known), [
      [true, true, true, false],
      [false, true, true, false],
      [false, true, true, false],
    ]);
    third.set(running(2));
    third.complete();
    assert.deepEqual(known(third), [false, true, false, false]);
  });
});
