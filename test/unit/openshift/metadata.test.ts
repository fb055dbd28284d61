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
  it('labelOf and annotationOf return only texts', () => {
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

  it('nameOf is empty before the name is generated', () => {
    assert.deepEqual([object, { metadata: { generateName: 'app-' } }, {}, { metadata: null }].map(nameOf), [
      'app-1',
      '',
      '',
      '',
    ]);
  });

  it('createdAt returns milliseconds', () => {
    assert.equal(createdAt(object), Date.UTC(2026, 0, 30, 9));
    for (const creationTimestamp of [null, undefined, '', 'yesterday', 1]) {
      assert.equal(createdAt({ metadata: { creationTimestamp } }), undefined);
    }
  });

  it('referencedName returns the name in a reference', () => {
    const spec = { a: { name: 'harbor' }, b: { name: '' }, c: {}, d: 'harbor', e: { name: 1 }, f: null };
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => referencedName({ spec }, 'spec', key)),
      ['harbor', undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('isObjectName accepts only names of objects', () => {
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

  it('isNamespaceName rejects dots and more than 63 characters', () => {
    const names = ['web', 'a'.repeat(63), 'a'.repeat(64), 'a.b', '..', '', 'Web', '-a'];
    assert.deepEqual(names.filter(isNamespaceName), ['web', 'a'.repeat(63)]);
  });

  it('isLabelValue accepts only values that OpenShift stores', () => {
    const good = ['', 'a', 'A.b_c-1', '1'.repeat(63)];
    const bad = ['a'.repeat(64), '-a', 'a-', '_a', 'a,b', 'a b', 'a=b', 'a)', 'ä', 'a\n'];
    assert.deepEqual([...good, ...bad].filter(isLabelValue), good);
  });
});
