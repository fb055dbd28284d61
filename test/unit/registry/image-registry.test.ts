import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageAnswer } from '../../../src/registry/image-answer.ts';
import { createImageRegistry } from '../../../src/registry/image-registry.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';

const present: ImageAnswer = { kind: 'present', digest: `sha256:${'a'.repeat(64)}` };
const missing: ImageAnswer = { kind: 'missing' };
const unknown: ImageAnswer = { kind: 'unknown', error: new RegistryError('unavailable', 'it answered 503') };

/** A registry with the test's answers, at once or when released. */
function startRegistry(first: ImageAnswer = present) {
  let now = 0;
  let answer = first;
  let gate = Promise.withResolvers<undefined>();
  gate.resolve(undefined);
  const asked: string[] = [];
  const results: string[] = [];
  const registry = createImageRegistry({
    ask: async (image) => {
      asked.push(image);
      await gate.promise;
      return answer;
    },
    clock: () => now,
    timeout: 60_000,
    onAnswer: (result) => results.push(result),
  });
  return {
    check: (image: string, signal = new AbortController().signal) => registry.check(image, signal),
    asked,
    results,
    setTime: (milliseconds: number) => (now = milliseconds),
    setAnswer: (next: ImageAnswer) => (answer = next),
    hold: () => (gate = Promise.withResolvers()),
    release: () => gate.resolve(undefined),
  };
}

const codeOf = (answer: ImageAnswer) => (answer.kind === 'unknown' ? answer.error.code : answer.kind);

describe('createImageRegistry, answers', () => {
  for (const [answer, life] of [
    [present, 60_000],
    [missing, 5_000],
    [unknown, 5_000],
  ] as const) {
    it(`${codeOf(answer)} is cached for ${life / 1000} s`, async () => {
      const registry = startRegistry(answer);
      assert.deepEqual(await registry.check('app'), answer);
      registry.setTime(life - 1);
      registry.setAnswer(missing);
      assert.deepEqual(await registry.check('app'), answer);
      assert.deepEqual([registry.asked, registry.results], [['app'], [codeOf(answer)]]);
      registry.setTime(life);
      assert.deepEqual(await registry.check('app'), missing);
      assert.deepEqual(
        [registry.asked, registry.results],
        [
          ['app', 'app'],
          [codeOf(answer), 'missing'],
        ],
      );
    });
  }

  it('are shared by all who wait', async () => {
    const registry = startRegistry();
    registry.hold();
    const waiting = [registry.check('app'), registry.check('app'), registry.check('other')];
    registry.release();
    assert.deepEqual(await Promise.all(waiting), [present, present, present]);
    assert.deepEqual(registry.asked, ['app', 'other']);
  });

  it('are awaited until the signal aborts, and cached for the next query', async () => {
    const registry = startRegistry();
    registry.hold();
    const controller = new AbortController();
    const waiting = registry.check('app', controller.signal);
    controller.abort();
    assert.equal(codeOf(await waiting), 'timeout');
    assert.equal(codeOf(await registry.check('app', AbortSignal.abort())), 'timeout');
    registry.release();
    assert.deepEqual(await registry.check('app'), present);
    assert.deepEqual([registry.asked, registry.results], [['app'], ['present']]);
  });
});

describe('createImageRegistry, limits', () => {
  it('keeps the newest thousand answers', async () => {
    const registry = startRegistry();
    for (let index = 0; index <= 1_000; index += 1) await registry.check(`app-${index}`);
    registry.asked.length = 0;
    for (const image of ['app-1', 'app-1000', 'app-0']) await registry.check(image);
    assert.deepEqual(registry.asked, ['app-0']);
  });

  it('allows a hundred concurrent lookups', async () => {
    const registry = startRegistry();
    registry.hold();
    const waiting = Array.from({ length: 100 }, (_, index) => registry.check(`app-${index}`));
    assert.equal(codeOf(await registry.check('one-more')), 'unavailable');
    registry.release();
    await Promise.all(waiting);
    assert.deepEqual(await registry.check('one-more'), present);
  });
});
