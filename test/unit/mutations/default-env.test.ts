import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultEnv } from '../../../src/mutations/default-env.ts';
import { at } from '../../../src/openshift/json.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

const added = frozen([
  { name: 'B', value: '1' },
  { name: 'A', value: '' },
]);
const withEnv = (env: unknown) => frozen(exampleBuild({ spec: { strategy: { sourceStrategy: { env } } } }));

describe('defaultEnv', () => {
  it("appends variables after the user's", () => {
    const own = [
      { name: 'FOO', value: 'bar' },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ];
    const build = defaultEnv(withEnv(own), buildPlan({ env: added }));
    assert.deepEqual(build, withEnv([...own, ...added]));
    const env = at(build, 'spec', 'strategy', 'sourceStrategy', 'env') as readonly unknown[];
    assert.notEqual(env[2], added[0], 'the plan is not shared with the object');
  });

  it('creates a missing list', () => {
    assert.deepEqual(defaultEnv(withEnv(null), buildPlan({ env: added })), withEnv(added));
  });

  it('keeps the env unmodified without variables', () => {
    for (const build of [withEnv(null), withEnv([]), withEnv([{ name: 'A' }])]) {
      assert.equal(defaultEnv(build, buildPlan()), build);
    }
  });
});
