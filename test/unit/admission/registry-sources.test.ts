import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FactQuery, FactSource } from '../../../src/admission/gather-facts.ts';
import {
  type ImageRegistry,
  createBaseDigestSource,
  createPreviousImageSource,
} from '../../../src/admission/registry-sources.ts';
import type { BuildConfigHistory, Facts, PreviousBuild } from '../../../src/policy/facts.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = `harbor.example.com/team/app@${digest}`;
const previous = { image } as PreviousBuild;
const history = { previous } as BuildConfigHistory;
const facts: Facts = {
  history,
  issuedUpTo: () => undefined,
  isProxied: false,
  previousImage: 'unchecked',
  baseDigest: undefined,
};
const query: FactQuery = {
  namespace: 'test',
  buildConfig: { name: 'app', uid: '1' },
  label: 'app',
  build: 'app-2',
  number: 2,
  base: 'registry.example.com/python:3.12',
};
const unanswered = new Error('it answered 503');

/** Returns a source's facts for a registry with this answer, and its requests. */
async function gather(
  create: (registry: ImageRegistry) => FactSource,
  answer: Awaited<ReturnType<ImageRegistry['check']>>,
  { from = query, known = facts } = {},
) {
  const asked: string[] = [];
  const source = create({
    check: (reference) => {
      asked.push(reference);
      return Promise.resolve(answer);
    },
  });
  const gathered = await source.gather(from, known, AbortSignal.timeout(1_000));
  return { gathered, asked };
}

describe('createPreviousImageSource', () => {
  it('returns the answer of the registry', async () => {
    for (const answer of [{ kind: 'present', digest }, { kind: 'missing' }] as const) {
      assert.deepEqual(await gather(createPreviousImageSource, answer), {
        gathered: { ...facts, previousImage: answer.kind },
        asked: [image],
      });
    }
  });

  it('returns unchecked without an answer', async () => {
    const unknown = { kind: 'unknown', error: unanswered } as const;
    await assert.rejects(gather(createPreviousImageSource, unknown), unanswered);
  });

  it('asks nothing without a previous image', async () => {
    for (const none of ['unavailable', undefined, { ...history, previous: undefined }] as const) {
      const known = { ...facts, history: none };
      assert.deepEqual(await gather(createPreviousImageSource, { kind: 'missing' }, { known }), {
        gathered: known,
        asked: [],
      });
    }
  });
});

describe('createBaseDigestSource', () => {
  it('returns the digest of the tag', async () => {
    for (const base of ['registry.example.com/python:3.12', 'python']) {
      const from = { ...query, base };
      assert.deepEqual(await gather(createBaseDigestSource, { kind: 'present', digest }, { from }), {
        gathered: { ...facts, baseDigest: digest },
        asked: [base],
      });
    }
  });

  it('returns no digest without an answer or an image', async () => {
    const unknown = { kind: 'unknown', error: unanswered } as const;
    await assert.rejects(gather(createBaseDigestSource, unknown), unanswered);
    assert.deepEqual((await gather(createBaseDigestSource, { kind: 'missing' })).gathered, facts);
  });

  it('asks nothing about a base image without a tag', async () => {
    for (const base of [undefined, image, 'Not A Reference']) {
      const from = { ...query, base };
      assert.deepEqual(await gather(createBaseDigestSource, { kind: 'present', digest }, { from }), {
        gathered: facts,
        asked: [],
      });
    }
  });
});
