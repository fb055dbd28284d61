import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Authority,
  type Leaf,
  type PublishedAuthority,
  type Step,
  type StoredFacts,
  planRotation,
} from '../../../src/certificates/rotation.ts';

const names = ['webhook.ci.svc', 'webhook.ci.svc.cluster.local'];

/** Returns a CA, by default valid from 0 to 600, so that a sixth is 100. */
const authority = (id: string, facts: Partial<Authority> = {}): Authority => ({
  id,
  notBefore: 0,
  notAfter: 600,
  signs: true,
  ...facts,
});
const next = authority('next', { notBefore: 400, notAfter: 1_000 });

/** Returns a leaf of the CA `old`, by default with two thirds over at 200. */
const leaf = (facts: Partial<Leaf> = {}): Leaf => ({ issuer: 'old', names, notBefore: 0, notAfter: 300, ...facts });

const certificates = (authorities: readonly Authority[], leafFacts: Leaf): StoredFacts => ({
  kind: 'certificates',
  authorities,
  leaf: leafFacts,
});
const old = authority('old');
const published = (...authorities: readonly Authority[]): readonly PublishedAuthority[] =>
  authorities.map(({ id, notBefore, notAfter }) => ({ id, notBefore, notAfter, everywhere: true }));
const partly = (...authorities: readonly Authority[]): readonly PublishedAuthority[] =>
  published(...authorities).map((entry) => ({ ...entry, everywhere: false }));

const keep: Step = { kind: 'keep' };
const everything: Step = { kind: 'create_everything' };
const createLeaf = (id: string): Step => ({ kind: 'create_leaf', authority: id });
const drop = (...ids: readonly string[]): Step => ({ kind: 'drop_authorities', ids });
const adopt = (...ids: readonly string[]): Step => ({ kind: 'adopt_authorities', ids });

interface Row {
  readonly when: string;
  readonly stored: StoredFacts;
  readonly inBundle?: readonly PublishedAuthority[];
  readonly now: number;
  readonly step: Step;
}

const fresh = leaf({ notBefore: 350, notAfter: 600 });
const both = published(old, next);

const rows: readonly Row[] = [
  { when: 'nothing is stored', stored: { kind: 'absent' }, now: 10, step: everything },
  { when: 'what is stored cannot be read', stored: { kind: 'unreadable' }, now: 10, step: everything },
  { when: 'there is no CA', stored: certificates([], leaf({ issuer: undefined })), now: 10, step: everything },
  { when: 'the only CA has expired', stored: certificates([old], leaf()), now: 600, step: everything },
  {
    when: 'the only CA has no key',
    stored: certificates([{ ...old, signs: false }], leaf()),
    now: 10,
    step: everything,
  },
  {
    when: 'the only CA is not valid yet',
    stored: certificates([authority('old', { notBefore: 20 })], leaf()),
    now: 10,
    step: everything,
  },

  { when: 'nothing is due', stored: certificates([old], leaf()), now: 10, step: keep },
  { when: 'the leaf is just before two thirds', stored: certificates([old], leaf()), now: 199, step: keep },
  { when: 'two thirds of the leaf are over', stored: certificates([old], leaf()), now: 200, step: createLeaf('old') },
  {
    when: 'two thirds are over of a leaf that ends with its CA',
    stored: certificates([old, next], fresh),
    now: 540,
    step: keep,
  },
  {
    when: 'the leaf has other names',
    stored: certificates([old], leaf({ names: ['a'] })),
    now: 10,
    step: createLeaf('old'),
  },
  {
    when: 'the leaf has one name too many',
    stored: certificates([old], leaf({ names: [...names, 'a'] })),
    now: 10,
    step: createLeaf('old'),
  },
  {
    when: 'the leaf has its names in another order',
    stored: certificates([old], leaf({ names: names.toReversed() })),
    now: 10,
    step: keep,
  },
  {
    when: 'the leaf is of no CA',
    stored: certificates([old], leaf({ issuer: undefined })),
    now: 10,
    step: createLeaf('old'),
  },
  {
    when: 'the leaf is not valid yet',
    stored: certificates([old], leaf({ notBefore: 20 })),
    now: 10,
    step: createLeaf('old'),
  },
  { when: 'the leaf has expired', stored: certificates([old], leaf()), now: 300, step: createLeaf('old') },

  { when: 'the CA is just before two thirds', stored: certificates([old], fresh), now: 399, step: keep },
  {
    when: 'two thirds of the CA are over',
    stored: certificates([old], fresh),
    now: 400,
    step: { kind: 'create_next_authority' },
  },
  {
    when: 'the next CA is stored and not published',
    stored: certificates([old, next], fresh),
    inBundle: published(old),
    now: 510,
    step: keep,
  },
  {
    when: 'the next CA is published, before five sixths',
    stored: certificates([old, next], fresh),
    inBundle: both,
    now: 499,
    step: keep,
  },
  {
    when: 'the next CA is published, at five sixths',
    stored: certificates([old, next], fresh),
    inBundle: both,
    now: 500,
    step: { kind: 'switch_authority', authority: 'next' },
  },
  {
    when: 'the next CA is published in some caBundles only',
    stored: certificates([old, next], fresh),
    inBundle: [...published(old), ...partly(next)],
    now: 510,
    step: keep,
  },
  {
    when: 'the next CA signs, and the previous one is still valid',
    stored: certificates([old, next], leaf({ issuer: 'next', notBefore: 500, notAfter: 800 })),
    inBundle: both,
    now: 599,
    step: keep,
  },
  {
    when: 'the next CA signs, and the previous one has expired',
    stored: certificates([old, next], leaf({ issuer: 'next', notBefore: 500, notAfter: 800 })),
    inBundle: both,
    now: 600,
    step: drop('old'),
  },
  {
    when: 'the CA expired before its successor signed',
    stored: certificates([next], leaf({ issuer: undefined })),
    now: 601,
    step: createLeaf('next'),
  },
  {
    when: 'the leaf is of no CA, and one of two CAs is published',
    stored: certificates([old, next], leaf({ issuer: undefined })),
    inBundle: published(old),
    now: 450,
    step: createLeaf('old'),
  },
  {
    when: 'the leaf is of no CA, and two CAs are published',
    stored: certificates([old, next], leaf({ issuer: undefined })),
    inBundle: both,
    now: 450,
    step: createLeaf('next'),
  },
  {
    when: 'the leaf is of no CA, and none of two CAs is published',
    stored: certificates([old, next], leaf({ issuer: undefined })),
    now: 450,
    step: createLeaf('old'),
  },

  {
    when: 'a young CA finds another published',
    stored: certificates([old], leaf()),
    inBundle: published(authority('lost')),
    now: 59,
    step: adopt('lost'),
  },
  {
    when: 'a young CA finds another published in some caBundles',
    stored: certificates([old], leaf()),
    inBundle: partly(authority('lost')),
    now: 59,
    step: adopt('lost'),
  },
  {
    when: 'a young CA finds an expired one published',
    stored: certificates([old], leaf()),
    inBundle: published(authority('lost', { notAfter: 50 })),
    now: 55,
    step: keep,
  },
  {
    when: 'a CA past a tenth of its validity finds another published',
    stored: certificates([old], leaf()),
    inBundle: published(authority('lost')),
    now: 60,
    step: keep,
  },
  {
    when: 'a young CA is stored beside one without key',
    stored: certificates([old, authority('lost', { signs: false })], leaf()),
    now: 99,
    step: keep,
  },
  {
    when: 'a CA past a sixth is stored beside one without key',
    stored: certificates([old, authority('lost', { signs: false })], leaf()),
    now: 100,
    step: drop('lost'),
  },
];

describe('planRotation', () => {
  for (const { when, stored, inBundle = published(old), now, step } of rows) {
    it(`returns ${step.kind} if ${when}`, () => {
      assert.deepEqual(planRotation(stored, names, inBundle, now), step);
    });
  }
});
