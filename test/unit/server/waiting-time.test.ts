import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaitingTime } from '../../../src/server/waiting-time.ts';

/** An event loop that does what the test says. */
function createLoop() {
  let [now, slept] = [1_000, 500];
  let ends: (() => void)[] = [];
  let tick: () => void = () => undefined;
  const waiting = new WaitingTime({
    now: () => now,
    slept: () => slept,
    atTurnEnd: (callback) => void ends.push(callback),
    every: (_milliseconds, callback) => (tick = callback),
  });
  return {
    work: (milliseconds: number) => (now += milliseconds),
    sleep(milliseconds: number) {
      now += milliseconds;
      slept += milliseconds;
    },
    see: () => waiting.longest(),
    tick: () => tick(),
    endTurn() {
      const due = ends;
      ends = [];
      due.forEach((end) => end());
      return due.length;
    },
  };
}

describe('the longest time a request may have waited', () => {
  it('is none for one that wakes the process', () => {
    const loop = createLoop();
    loop.sleep(10_000);
    assert.equal(loop.see(), 0);
  });

  it('is that of what ran since the process woke', () => {
    const loop = createLoop();
    loop.sleep(10_000);
    loop.work(7);
    assert.equal(loop.see(), 7);
  });

  it('grows with each request that is served before it in the same turn', () => {
    const loop = createLoop();
    loop.sleep(100);
    assert.equal(loop.see(), 0);
    loop.work(3);
    assert.equal(loop.see(), 3);
    loop.work(4);
    assert.equal(loop.see(), 7);
  });

  it('counts the turn before, in which it may have arrived unseen', () => {
    const loop = createLoop();
    loop.sleep(100);
    loop.see();
    loop.work(30);
    loop.endTurn();
    // One look for what has arrived, and there it is.
    loop.sleep(0.1);
    loop.work(2);
    assert.equal(Math.round(loop.see()), 32);
  });

  it('counts no turn that is long past', () => {
    const loop = createLoop();
    loop.see();
    loop.work(30);
    loop.endTurn();
    loop.sleep(5_000);
    assert.equal(loop.see(), 0);
    loop.endTurn();
    loop.sleep(0.1);
    assert.equal(loop.see(), 0);
  });

  it('counts nothing of what was done for others long before', () => {
    const loop = createLoop();
    for (let turn = 0; turn < 100; turn += 1) {
      loop.work(70);
      loop.sleep(2);
      loop.tick();
    }
    loop.work(3);
    assert.equal(Math.round(loop.see()), 73);
    loop.endTurn();
    loop.sleep(50);
    loop.tick();
    loop.sleep(50);
    loop.tick();
    loop.sleep(10);
    assert.equal(loop.see(), 0);
  });

  it('counts what held up the loop before the request was seen', () => {
    const loop = createLoop();
    loop.sleep(40);
    loop.work(300);
    loop.tick();
    assert.equal(loop.see(), 300);
  });

  it('still counts a turn that has just ended when the loop is looked at', () => {
    const loop = createLoop();
    loop.see();
    loop.work(250);
    loop.endTurn();
    loop.tick();
    assert.equal(loop.see(), 250);
  });

  it('asks for the end of each turn once', () => {
    const loop = createLoop();
    loop.see();
    loop.see();
    assert.equal(loop.endTurn(), 1);
    loop.see();
    assert.equal(loop.endTurn(), 1);
  });
});
