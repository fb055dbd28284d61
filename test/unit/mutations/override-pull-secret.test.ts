import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overridePullSecret } from '../../../src/mutations/override-pull-secret.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

const withSecret = (name: string | null) =>
  frozen(exampleBuild({ spec: { strategy: { sourceStrategy: { pullSecret: name === null ? null : { name } } } } }));

describe('overridePullSecret', () => {
  for (const before of [null, 'old']) {
    it(`replaces ${String(before)} by the Secret`, () => {
      assert.deepEqual(
        overridePullSecret(withSecret(before), buildPlan({ pullSecret: { name: 'new' } })),
        withSecret('new'),
      );
    });

    it(`removes ${String(before)}`, () => {
      assert.deepEqual(overridePullSecret(withSecret(before), buildPlan({ pullSecret: null })), withSecret(null));
    });

    it(`keeps ${String(before)} unmodified if undefined`, () => {
      const build = withSecret(before);
      assert.equal(overridePullSecret(build, buildPlan()), build);
    });
  }
});
