import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changesBetween } from '../../../src/cli/enable.ts';
import { exampleBuildConfig, merge } from '../../helpers/fixtures.ts';

it('changesBetween leaves out bookkeeping and values of variables', () => {
  const FOO = { name: 'FOO', value: 'bar' };
  const before = exampleBuildConfig({
    metadata: { labels: null, annotations: null },
    spec: { strategy: { sourceStrategy: { env: [FOO] } } },
  });
  const secret = 'https://user:hunter2@pypi.example.com/simple';
  const after = merge(before, {
    metadata: {
      resourceVersion: '99',
      generation: 7,
      managedFields: [{ manager: 's2i-incremental' }],
      labels: { 's2i-incremental.io/enabled': 'true' },
      annotations: { 's2i-incremental.io/origin': `{"applied":{"env":[{"value":"${secret}"}]}}` },
    },
    spec: { strategy: { sourceStrategy: { incremental: true, env: [FOO, { name: 'PIP_INDEX_URL', value: secret }] } } },
  });
  assert.deepEqual(changesBetween(before, after as typeof before), [
    { path: 'metadata.labels.s2i-incremental.io/enabled', before: undefined, after: 'true' },
    {
      path: 'metadata.annotations.s2i-incremental.io/origin',
      before: undefined,
      after: '(a record of the original settings)',
    },
    {
      path: 'spec.strategy.sourceStrategy.env[PIP_INDEX_URL]',
      before: undefined,
      after: '(its value is not shown)',
    },
    { path: 'spec.strategy.sourceStrategy.incremental', before: undefined, after: 'true' },
  ]);
});
