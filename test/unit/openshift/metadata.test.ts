import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  annotationOf,
  createdAt,
  isLabelValue,
  isNamespaceName,
  isObjectName,
  labelOf,
  nameOf,
  referencedName,
} from '../../../src/openshift/metadata.ts';

const object = {
  metadata: {
    name: 'app-1',
    creationTimestamp: '2026-01-30T09:00:00Z',
    labels: { a: 'label', number: 1 },
    annotations: { a: 'annotation', nothing: null },
  },
};

describe('metadata', () => {
  it('reads labels and annotations that are texts', () => {
    assert.deepEqual(
      ['a', 'number', 'b', 'toString'].map((key) => labelOf(object, key)),
      ['label', undefined, undefined, undefined],
    );
    assert.deepEqual(
      ['a', 'nothing', 'b', 'toString'].map((key) => annotationOf(object, key)),
      ['annotation', undefined, undefined, undefined],
    );
    assert.equal(labelOf({ metadata: { labels: null } }, 'a'), undefined);
    assert.equal(annotationOf({}, 'a'), undefined);
  });

  it('reads the name, empty where it is still to be generated', () => {
    assert.deepEqual([object, { metadata: { generateName: 'app-' } }, {}, { metadata: null }].map(nameOf), [
      'app-1',
      '',
      '',
      '',
    ]);
  });

  it('reads the creation time in milliseconds', () => {
    assert.equal(createdAt(object), Date.UTC(2026, 0, 30, 9));
    for (const creationTimestamp of [null, undefined, '', 'yesterday', 1]) {
      assert.equal(createdAt({ metadata: { creationTimestamp } }), undefined);
    }
  });

  it('reads the name in a reference', () => {
    const spec = { a: { name: 'harbor' }, b: { name: '' }, c: {}, d: 'harbor', e: { name: 1 }, f: null };
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => referencedName({ spec }, 'spec', key)),
      ['harbor', undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('tells the name of a Secret from what cannot be one', () => {
    const good = ['a', '0', 'harbor-push', 'a.b', 'a-b.c-d', 'a'.repeat(253)];
    const bad = [
      '',
      '-',
      'a-',
      '-a',
      'a.',
      '.a',
      'a..b',
      'a.-b',
      'A',
      'a_b',
      'a/b',
      'a b',
      'a\n',
      'ä',
      'a'.repeat(254),
    ];
    assert.deepEqual(
      good.filter((name) => !isObjectName(name)),
      [],
    );
    assert.deepEqual(bad.filter(isObjectName), []);
  });

  it('of a namespace has no dots and at most 63 characters', () => {
    const names = ['web', 'a'.repeat(63), 'a'.repeat(64), 'a.b', '..', '', 'Web', '-a'];
    assert.deepEqual(names.filter(isNamespaceName), ['web', 'a'.repeat(63)]);
  });

  it('of a label is a text that OpenShift would store', () => {
    const good = ['', 'a', 'A.b_c-1', '1'.repeat(63)];
    const bad = ['a'.repeat(64), '-a', 'a-', '_a', 'a,b', 'a b', 'a=b', 'a)', 'ä', 'a\n'];
    assert.deepEqual([...good, ...bad].filter(isLabelValue), good);
  });
});
