import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describePlan } from '../../../src/cli/describe-plan.ts';
import type { Plan } from '../../../src/policy/plan.ts';
import { buildConfigPlan, buildPlan, previousBuild } from '../mutations/example-plan.ts';

const previous = previousBuild({ name: 'api-3', number: 3, image: 'harbor.example.com/app:1' });

describe('describePlan', () => {
  const rows: readonly [plan: Plan, sentence: string][] = [
    [{ kind: 'skip', reason: 'not_opted_in', warnings: [] }, 'Skipped: it has not opted in.'],
    [buildConfigPlan(), 'Opted in: its original settings are recorded, so that they can be restored.'],
    [buildPlan(), 'Full build: it is the first Build since its BuildConfig opted in.'],
    [
      buildPlan({}, { decision: 'full', reason: 'incremental_off', previous: undefined }),
      'Full build: its labels, its BuildConfig or the configuration ask for full builds.',
    ],
    [
      buildPlan({}, { decision: 'incremental', reason: 'continued', previous }),
      'Incremental build: it continues from the image of api-3.',
    ],
  ];
  for (const [plan, sentence] of rows) {
    it(sentence, () => {
      assert.equal(describePlan(plan), sentence);
    });
  }
});
