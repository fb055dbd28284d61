/** Public reports as objects: each must be decided correctly. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { admit } from '../../src/admission/admit.ts';
import { createHistorySource } from '../../src/admission/history-source.ts';
import { applyPatch } from '../../src/admission/patch.ts';
import { decodeReview } from '../../src/admission/review.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { createMemoryHistory } from '../../src/history/memory-history.ts';
import { type JsonObject, arrayAt, at } from '../../src/openshift/json.ts';
import { reviewOf } from '../helpers/fixtures.ts';

const now = Date.parse('2026-11-23T18:02:25Z');
const config = parseConfig(
  'assemble: {baseUrl: "http://s2i.example.com/s2i", profiles: {python: {url: "https://pypi.example.com/simple", trusted: true}}}',
  {},
);

function load(name: string): JsonObject {
  return JSON.parse(readFileSync(new URL(`../fixtures/reports/${name}.json`, import.meta.url), 'utf8')) as JsonObject;
}

describe('public reports', () => {
  const rows: readonly [name: string, reported: string, reason: string, previous: string | undefined][] = [
    [
      'previous-image-gone',
      'four builds failed, as the registry no longer had the image',
      'continuing_fails',
      undefined,
    ],
    ['build-secret-added', 'a file moved from git into a build Secret', 'build_inputs_changed', undefined],
    ['empty-http-proxy', 'an empty HTTP_PROXY switches a default proxy off', 'continued', 'shop-1'],
    ['only-https-proxy', 'HTTPS_PROXY alone, and scripts by http', 'continued', 'shop-1'],
    ['build-loglevel', 'oc start-build --build-loglevel=5 once', 'continued', 'shop-1'],
    ['last-version-reset', 'numbers restarted after oc replace', 'continued', 'shop-2'],
  ];
  for (const [name, reported, reason, previous] of rows) {
    it(`${name}: ${reported}`, async () => {
      const build = load(name);
      const objects = (arrayAt(load(`${name}.history`), 'items') ?? []) as readonly JsonObject[];
      const { request } = decodeReview(reviewOf(build, { namespace: 'web' }));
      const { plan, patch } = await admit(request, now + 1_000, {
        config,
        factSources: [createHistorySource(createMemoryHistory(() => objects))],
        issuedTags: new IssuedTags(),
        scriptsVersion: '0123456789ab',
        clock: () => now,
      });
      assert.equal(plan.reason, reason);
      const annotations = at(applyPatch(build, patch), 'metadata', 'annotations') as JsonObject;
      assert.equal(annotations['s2i-incremental.io/previous-build'], previous);
    });
  }
});
