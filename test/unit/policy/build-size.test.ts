import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { admit } from '../../../src/admission/admit.ts';
import { decodeReview } from '../../../src/admission/review.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { IssuedTags } from '../../../src/history/issued-tags.ts';
import { buildSizeOf, maxBuildSize } from '../../../src/policy/build-size.ts';
import { exampleBuild, reviewOf } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';

describe('buildSizeOf', () => {
  it('returns the size of the JSON that Go writes', () => {
    assert.equal(buildSizeOf({ a: 'b' }), '{"a":"b"}'.length);
    assert.equal(buildSizeOf({ a: '<&>' }), '{"a":"\\u003c\\u0026\\u003e"}'.length);
    assert.equal(buildSizeOf({ a: 'ä€' }), '{"a":""}'.length + 2 + 3);
  });
});

describe('maxBuildSize', () => {
  const dependencies = {
    config: parseConfig('assemble: {wrapper: false}', {}),
    factSources: [],
    issuedTags: new IssuedTags(),
    scriptsVersion: '0123456789ab',
    clock: () => testNow,
  };
  const withPadding = (length: number) => exampleBuild({ spec: { postCommit: { script: 'x'.repeat(length) } } });
  const reasonFor = async (length: number) => {
    const { request } = decodeReview(reviewOf(withPadding(length)));
    const { plan, patch } = await admit(request, testNow + 1_000, dependencies);
    return { reason: plan.reason, patched: patch.length > 0, warnings: plan.warnings };
  };

  it('skips a Build that would exceed it, with a warning', async () => {
    const own = buildSizeOf(withPadding(0));
    assert.deepEqual(await reasonFor(maxBuildSize - own), {
      reason: 'build_too_large',
      patched: false,
      warnings: ['the Build is unmodified: with the changes it could exceed the limit of its pod (128 KiB)'],
    });
    assert.deepEqual(await reasonFor(maxBuildSize - own - 2_000), {
      reason: 'history_unavailable',
      patched: true,
      warnings: [],
    });
  });
});
