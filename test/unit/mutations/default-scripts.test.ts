import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultScripts } from '../../../src/mutations/default-scripts.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';
import { buildPlan } from './example-plan.ts';

describe('defaultScripts', () => {
  const build = frozen(exampleBuild());

  it('writes the address of the wrapper', () => {
    const scripts = 'http://webhook.example.com:8081/s2i/0123456789ab/python';
    const expected = exampleBuild({ spec: { strategy: { sourceStrategy: { scripts } } } });
    assert.deepEqual(defaultScripts(build, buildPlan({ scripts })), expected);
  });

  it('keeps the Build unmodified without a wrapper', () => {
    assert.equal(defaultScripts(build, buildPlan()), build);
  });
});
