import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyPatch, createPatch } from '../../../src/admission/patch.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { frozen } from '../frozen.ts';

/** Objects with keys that break code which uses objects as maps, or that a JSON pointer must escape. */
const object: fc.Arbitrary<JsonObject> = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, true, 0, 1, '', 'a', '~', '/'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      'a',
      'b',
      '',
      '/',
      '~',
      '~1',
      'a/b~c',
      '0',
      '-',
      'constructor',
      'toString',
      'hasOwnProperty',
      'length',
    ),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).object;

describe('createPatch and applyPatch', () => {
  it('turn one object into the other, and modify neither', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = createPatch(frozen(before), frozen(after));
        const sent = JSON.parse(JSON.stringify(patch)) as typeof patch;
        assert.deepEqual(applyPatch(before, sent), after);
      }),
      { numRuns: 500 },
    );
  });

  it('give an empty patch for equal objects', () => {
    fc.assert(
      fc.property(object, (value) => {
        assert.deepEqual(createPatch(value, JSON.parse(JSON.stringify(value)) as JsonObject), []);
      }),
    );
  });

  it('give operations of RFC 6902 with escaped pointers', () => {
    const before = { metadata: { annotations: { 'x/y~z': '1', gone: 'x' } }, env: [{ name: 'A' }], kept: { a: 1 } };
    const after = {
      metadata: { annotations: { 'x/y~z': '2', 'new/one': '3' } },
      env: [{ name: 'A' }, { name: 'B' }],
      kept: before.kept,
    };
    assert.deepEqual(
      [...createPatch(before, after)].sort((a, b) => (a.path < b.path ? -1 : 1)),
      [
        { op: 'add', path: '/env/1', value: { name: 'B' } },
        { op: 'remove', path: '/metadata/annotations/gone' },
        { op: 'add', path: '/metadata/annotations/new~1one', value: '3' },
        { op: 'replace', path: '/metadata/annotations/x~1y~0z', value: '2' },
      ],
    );
  });

  it('keep an own __proto__', () => {
    const before = JSON.parse('{"__proto__": {"a": 1}, "b": 1}') as JsonObject;
    const after = applyPatch(before, createPatch(before, { ...before, b: 2 }));
    assert.equal(JSON.stringify(after), '{"__proto__":{"a":1},"b":2}');
  });
});
