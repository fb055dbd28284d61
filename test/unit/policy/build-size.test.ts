import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { admit } from '../../../src/admission/admit.ts';
import { decodeReview } from '../../../src/admission/review.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { IssuedTags } from '../../../src/history/issued-tags.ts';
import { isBuildTooLarge, maxBuildSize, sizeInGo } from '../../../src/policy/build-size.ts';
import { exampleBuild, reviewOf } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';

describe('sizeInGo', () => {
  it('returns the size of the JSON that Go writes', () => {
    assert.equal(sizeInGo('{"a":"b"}'), '{"a":"b"}'.length);
    assert.equal(sizeInGo('{"a":"<&>"}'), '{"a":"\\u003c\\u0026\\u003e"}'.length);
    assert.equal(sizeInGo('{"a":"ä€"}'), '{"a":""}'.length + 2 + 3);
  });
});

describe('isBuildTooLarge', () => {
  for (const [character, bytes] of [
    ['a', 1],
    ['€', 3],
    ['<', 6],
  ] as const) {
    it(`counts ${bytes} for each ${character}`, () => {
      const most = Math.floor((maxBuildSize - '{"a":""}'.length) / bytes);
      const isTooLarge = [most, most + 1].map((length) => isBuildTooLarge({ a: character.repeat(length) }));
      assert.deepEqual(isTooLarge, [false, true]);
    });
  }
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
    const own = sizeInGo(JSON.stringify(withPadding(0)));
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
