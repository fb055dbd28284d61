import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildConfigIndex } from '../../../src/history/build-config-index.ts';
import { encodeKeptBuildConfig } from '../../../src/policy/kept-build-config.ts';

const named = (name: string, lastVersion = 1) => ({
  metadata: { name, namespace: 'web', uid: `uid-of-${name}` },
  status: { lastVersion },
});

/** The bytes that the settings of one of these BuildConfigs take. */
const settingsSize = encodeKeptBuildConfig(named('a')).length + 32;

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

  it('keeps settings up to a limit of bytes, and none by default', () => {
    const keeps = (index: BuildConfigIndex) => ['a', 'b', 'c'].map((name) => index.recall('web', name) !== undefined);
    const index = new BuildConfigIndex(9, 2 * settingsSize);
    for (const name of ['a', 'b', 'c', 'c']) index.set(named(name));
    assert.deepEqual(keeps(index), [true, true, false]);
    index.set(named('a', 2));
    index.remove(named('b'));
    index.remove(named('b'));
    index.set(named('c'));
    assert.deepEqual(keeps(index), [true, false, true]);
    const without = new BuildConfigIndex();
    without.set(named('a'));
    assert.deepEqual(keeps(without), [false, false, false]);
  });
});
