import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../../src/config/config.ts';
import { missingVariables } from '../../../src/policy/missing-variables.ts';

const profile: Profile = {
  name: 'python',
  match: undefined,
  scriptsDir: '/usr/libexec/s2i',
  keep: [],
  outputs: [],
  env: new Map([
    ['B', '1'],
    ['A', '2'],
    ['C', ''],
  ]),
};

describe('missingVariables', () => {
  it("gives the profile's variables that are not there, in the profile's order", () => {
    assert.deepEqual(missingVariables(profile, []), [
      { name: 'B', value: '1' },
      { name: 'A', value: '2' },
      { name: 'C', value: '' },
    ]);
    assert.deepEqual(missingVariables(profile, ['X', 'A', 'A']), [
      { name: 'B', value: '1' },
      { name: 'C', value: '' },
    ]);
    assert.deepEqual(missingVariables(profile, ['C', 'B', 'A']), []);
  });

  it('takes names as they are written', () => {
    assert.deepEqual(
      missingVariables(profile, ['a', 'B ', 'c']).map(({ name }) => name),
      ['B', 'A', 'C'],
    );
  });

  it('gives none without a profile', () => {
    assert.deepEqual(missingVariables(undefined, ['A']), []);
  });
});
