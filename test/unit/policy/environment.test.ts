import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../../src/config/config.ts';
import { missingVariables, withVariables } from '../../../src/policy/environment.ts';

const profile: Profile = {
  name: 'python',
  match: undefined,
  namespaces: [],
  scriptsDir: '/usr/libexec/s2i',
  keep: [],
  outputs: [],
  env: new Map([
    ['B', '1'],
    ['A', '2'],
    ['C', ''],
  ]),
};

const valued = (...names: readonly string[]) => names.map((name) => ({ name, value: 'x' }));

describe('missingVariables', () => {
  it("returns missing variables in the profile's order", () => {
    assert.deepEqual(missingVariables(profile, []), [
      { name: 'B', value: '1' },
      { name: 'A', value: '2' },
      { name: 'C', value: '' },
    ]);
    assert.deepEqual(missingVariables(profile, valued('X', 'A', 'A')), [
      { name: 'B', value: '1' },
      { name: 'C', value: '' },
    ]);
    assert.deepEqual(missingVariables(profile, valued('C', 'B', 'A')), []);
  });

  it('compares names exactly', () => {
    assert.deepEqual(
      missingVariables(profile, valued('a', 'B ', 'c')).map(({ name }) => name),
      ['B', 'A', 'C'],
    );
  });

  it('returns none without a profile', () => {
    assert.deepEqual(missingVariables(undefined, valued('A')), []);
  });
});

describe('withVariables, variables without a value', () => {
  const fromSecret = { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  const rows: readonly [title: string, env: readonly unknown[], filled: readonly unknown[]][] = [
    [
      'no value',
      [{ name: 'A' }],
      [
        { name: 'A', value: '2' },
        { name: 'B', value: '1' },
        { name: 'C', value: '' },
      ],
    ],
    [
      'an empty value, a null',
      [
        { name: 'A', value: '' },
        { name: 'X', value: 'x' },
        { name: 'B', value: null },
      ],
      [
        { name: 'A', value: '2' },
        { name: 'X', value: 'x' },
        { name: 'B', value: '1' },
        { name: 'C', value: '' },
      ],
    ],
    [
      'two empty ones of a name: the last is the one that counts',
      [{ name: 'A', value: '' }, { name: 'A' }, ...valued('B', 'C')],
      [{ name: 'A', value: '' }, { name: 'A', value: '2' }, ...valued('B', 'C')],
    ],
    [
      'a value before an empty one',
      [...valued('A', 'B', 'C'), { name: 'A' }],
      [...valued('A', 'B', 'C'), { name: 'A' }],
    ],
    ['a source instead of a value', [fromSecret, ...valued('B', 'C')], [fromSecret, ...valued('B', 'C')]],
    [
      'what is no variable',
      [null, 'A', { value: '' }, ...valued('A', 'B', 'C')],
      [null, 'A', { value: '' }, ...valued('A', 'B', 'C')],
    ],
  ];
  for (const [title, env, filled] of rows) {
    it(`are filled in, or not: ${title}`, () => {
      assert.deepEqual(withVariables(env, missingVariables(profile, env)), filled);
    });
  }
});
