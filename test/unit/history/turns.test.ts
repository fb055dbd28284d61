import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from '../../../src/history/turns.ts';

const never = new AbortController().signal;

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('limits concurrent actions and keeps their order, even after failures', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ends: PromiseWithResolvers<number>[] = [];
    const results = Array.from({ length: 5 }, (_, index) => {
      const end = Promise.withResolvers<number>();
      ends.push(end);
      return turns.take(() => {
        begun.push(index);
        return end.promise;
      }, never);
    });
    await settle();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.reject(new Error('failed'));
    await assert.rejects(results[1] ?? Promise.resolve(), { message: 'failed' });
    await settle();
    assert.deepEqual(begun, [0, 1, 2]);
    ends.forEach((end, index) => end.resolve(index));
    assert.deepEqual(await Promise.all(results.filter((_, index) => index !== 1)), [0, 2, 3, 4]);
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  });

  it('skips an action whose signal aborted', async () => {
    const turns = new Turns(1);
    const first = Promise.withResolvers<string>();
    const begun: string[] = [];
    const begin = (name: string, result: Promise<string>, signal = never) =>
      turns.take(() => {
        begun.push(name);
        return result;
      }, signal);
    const running = begin('first', first.promise);
    const stopping = new AbortController();
    const impatient = begin('impatient', Promise.resolve(''), stopping.signal);
    const patient = begin('patient', Promise.resolve('done'));
    stopping.abort();
    await assert.rejects(impatient, { name: 'AbortError' });
    await assert.rejects(begin('late', Promise.resolve(''), stopping.signal), { name: 'AbortError' });
    first.resolve('one');
    assert.deepEqual([await running, await patient], ['one', 'done']);
    assert.deepEqual(begun, ['first', 'patient']);
    assert.equal(await begin('again', Promise.resolve('again')), 'again');
  });
});
