import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildConfigIndex } from '../../../src/history/build-config-index.ts';

const named = (name: string, lastVersion = 1) => ({
  metadata: { name, namespace: 'web', uid: `uid-of-${name}` },
  status: { lastVersion },
});

describe('BuildConfigIndex', () => {
  it('keeps a limited number, the first ones', () => {
    const index = new BuildConfigIndex(2);
    for (const name of ['a', 'b', 'c']) index.set(named(name));
    index.set(named('a', 2));
    const known = () => ['a', 'b', 'c'].map((name) => index.get('web', { name, uid: `uid-of-${name}` })?.lastVersion);
    assert.deepEqual([known(), index.size], [[2, 1, undefined], 2]);
    index.remove(named('b'));
    index.set(named('c'));
    assert.deepEqual([known(), index.size], [[2, undefined, 1], 2]);
  });
});
