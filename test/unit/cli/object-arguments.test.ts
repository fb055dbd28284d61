import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNamespace, parseObjectName } from '../../../src/cli/object-arguments.ts';

describe('parseObjectName', () => {
  for (const text of [
    'shop',
    'bc/shop',
    'buildconfig/shop',
    'buildconfigs/shop',
    'BuildConfig/shop',
    'buildconfig.build.openshift.io/shop',
    'buildconfigs.v1.build.openshift.io/shop',
  ]) {
    it(`returns shop for ${text}`, () => assert.equal(parseObjectName('BuildConfig', text), 'shop'));
  }
  for (const text of ['shop-3', 'build/shop-3', 'builds/shop-3', 'build.build.openshift.io/shop-3']) {
    it(`returns shop-3 for ${text}`, () => assert.equal(parseObjectName('Build', text), 'shop-3'));
  }
  for (const text of [
    '',
    'pod/shop',
    'build/shop',
    'a/bc/shop',
    'bc/',
    '/shop',
    'Shop',
    '../shop',
    'shop?a=b',
    'shop-',
  ]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseObjectName('BuildConfig', text), {
        code: 'usage',
        message: `a BuildConfig is named like shop or bc/shop; is ${JSON.stringify(text)}`,
      });
    });
  }
});

it('parseNamespace accepts a name or nothing', () => {
  assert.deepEqual(['web', 'team-1', undefined].map(parseNamespace), ['web', 'team-1', undefined]);
  for (const text of ['', 'a/b', 'Web', '-web', 'web.team']) {
    assert.throws(() => parseNamespace(text), {
      code: 'usage',
      message: `-n must be the name of a namespace; is ${JSON.stringify(text)}`,
    });
  }
});
