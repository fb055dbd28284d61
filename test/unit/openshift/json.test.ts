import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type JsonObject,
  arrayAt,
  at,
  equalJson,
  isObject,
  objectAt,
  stringAt,
  withValue,
  withEntries,
  withoutValue,
} from '../../../src/openshift/json.ts';
import { frozen } from '../frozen.ts';

const parse = (text: string) => JSON.parse(text) as JsonObject;

describe('at, objectAt, stringAt, arrayAt, isObject', () => {
  it('distinguish an object from other JSON values', () => {
    const values = [{}, { a: 1 }, [], null, 'a', 1, true, undefined];
    assert.deepEqual(values.map(isObject), [true, true, false, false, false, false, false, false]);
  });

  const value = frozen({ a: { b: { text: 't', list: [1], object: { c: 0 }, nothing: null } }, list: [{ a: 1 }] });

  it('return any value at a path', () => {
    assert.equal(at(value), value);
    assert.equal(at(value, 'a', 'b', 'text'), 't');
    assert.equal(at(value, 'a', 'b', 'nothing'), null);
    assert.equal(at(value, 'a', 'b', 'list'), value.a.b.list);
  });

  it('return undefined past a step that is missing or no object', () => {
    const paths = [['x'], ['a', 'x', 'y'], ['a', 'b', 'text', 'length'], ['list', '0'], ['list', 'length']];
    for (const path of paths) assert.equal(at(value, ...path), undefined, path.join('.'));
    for (const nothing of [null, undefined, 1, 'a', []]) assert.equal(at(nothing, 'length'), undefined);
  });

  it('distinguish objects, texts and lists', () => {
    const read = ['text', 'list', 'object', 'nothing', 'absent'].map((key) => [
      stringAt(value, 'a', 'b', key),
      arrayAt(value, 'a', 'b', key),
      objectAt(value, 'a', 'b', key),
    ]);
    assert.deepEqual(read, [
      ['t', undefined, undefined],
      [undefined, [1], undefined],
      [undefined, undefined, { c: 0 }],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it('read only own properties', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(at({}, key), undefined);
      assert.equal(at(parse(`{${JSON.stringify(key)}: {"a": 1}}`), key, 'a'), 1);
    }
    assert.equal(at({}, 'constructor', 'name'), undefined);
  });
});

describe('withValue', () => {
  it('sets a value in a copy that shares every unchanged part', () => {
    const before = frozen({ spec: { from: { name: 'a' }, other: { deep: [1] } }, status: { phase: 'New' } });
    const after = withValue(before, ['spec', 'from', 'name'], 'b');
    assert.deepEqual(after, { spec: { from: { name: 'b' }, other: { deep: [1] } }, status: { phase: 'New' } });
    assert.equal(after['status'], before.status);
    assert.equal(at(after, 'spec', 'other'), before.spec.other);
    assert.equal(before.spec.from.name, 'a');
  });

  it('creates objects for missing and null steps', () => {
    assert.deepEqual(withValue({}, ['a', 'b', 'c'], 1), { a: { b: { c: 1 } } });
    assert.deepEqual(withValue({ a: null }, ['a', 'b'], 1), { a: { b: 1 } });
  });

  it('returns the object itself for an empty path', () => {
    const object = {};
    assert.equal(withValue(object, [], 1), object);
  });

  it('never replaces a value by an object', () => {
    for (const child of ['text', 0, false, [], [{}]]) {
      assert.throws(() => withValue({ a: { b: child } }, ['a', 'b', 'c'], 1), {
        name: 'TypeError',
        message: 'b is no object, so c cannot be set in it',
      });
    }
  });

  it('treats __proto__ and constructor as ordinary keys', () => {
    for (const key of ['__proto__', 'constructor']) {
      const after = withValue({}, [key, 'polluted'], true);
      assert.deepEqual(Object.entries(after), [[key, { polluted: true }]]);
      assert.equal(Object.getPrototypeOf(after), Object.prototype);
    }
    assert.equal(at(Object.prototype, 'polluted'), undefined);
  });
});

describe('withEntries', () => {
  const before = frozen({ spec: { map: { a: 1, b: 2 }, none: null, text: 'x' }, other: {} });

  it('sets and removes keys of one map, and shares the rest', () => {
    const after = withEntries(
      before,
      ['spec', 'map'],
      [
        ['b', null],
        ['c', 3],
        ['absent', null],
      ],
    );
    assert.deepEqual(after, { spec: { map: { a: 1, c: 3 }, none: null, text: 'x' }, other: {} });
    assert.equal(after['other'], before.other);
  });

  it('creates a map only if there is something to set', () => {
    assert.deepEqual(withEntries(before, ['spec', 'none'], [['a', 1]]).spec, { ...before.spec, none: { a: 1 } });
    assert.equal(withEntries(before, ['spec', 'none'], [['a', null]]), before);
    assert.equal(withEntries(before, ['spec', 'map'], []), before);
  });

  it('throws if a step is another value', () => {
    assert.throws(
      () => withEntries(before, ['spec', 'text'], [['a', 1]]),
      new TypeError('spec.text is no object, so nothing can be set in it'),
    );
  });
});

describe('withoutValue', () => {
  it('removes a key in a copy that shares every unchanged part', () => {
    const before = frozen({ spec: { a: 1, b: { deep: [1] } }, status: {} });
    const after = withoutValue(before, ['spec', 'a']);
    assert.deepEqual(after, { spec: { b: { deep: [1] } }, status: {} });
    assert.equal(at(after, 'spec', 'b'), before.spec.b);
    assert.equal(after['status'], before.status);
  });

  it('returns the object itself without the key', () => {
    const object = frozen({ a: 1, list: [1], nothing: null });
    for (const path of [
      [],
      ['b'],
      ['b', 'c'],
      ['a', 'b'],
      ['list', '0'],
      ['nothing', 'a'],
      ['toString'],
      ['__proto__'],
    ]) {
      assert.equal(withoutValue(object, path), object, path.join('.'));
    }
  });

  it('removes an own __proto__', () => {
    const after = withoutValue(parse('{"__proto__": {"a": 1}, "b": 2}'), ['__proto__']);
    assert.deepEqual(Object.entries(after), [['b', 2]]);
  });

  it('reverts withValue', () => {
    const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('x', 'y'), fc.jsonValue()),
        key,
        fc.jsonValue(),
        (object, name, value) => {
          const set = withValue(object, [name], value);
          assert.ok(equalJson(at(set, name), value));
          assert.ok(equalJson(withoutValue(set, [name]), object));
        },
      ),
    );
  });
});

describe('equalJson', () => {
  const equal: readonly [unknown, unknown][] = [
    [1, 1],
    ['a', 'a'],
    [null, null],
    [undefined, undefined],
    [[], []],
    [{}, {}],
    [
      { a: 1, b: [1, { c: 2 }] },
      { b: [1, { c: 2 }], a: 1 },
    ],
    [parse('{"__proto__": 1}'), parse('{"__proto__": 1}')],
  ];
  const unequal: readonly [unknown, unknown][] = [
    [1, '1'],
    [0, false],
    [null, undefined],
    [null, {}],
    [[], {}],
    [{}, []],
    [[1], [1, 2]],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [parse('{"__proto__": 1}'), { a: 1 }],
    [{ toString: 1 }, { a: 1 }],
  ];
  for (const [a, b] of equal) {
    it(`is true for ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
      assert.deepEqual([equalJson(a, b), equalJson(b, a)], [true, true]);
    });
  }
  for (const [a, b] of unequal) {
    it(`is false for ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
      assert.deepEqual([equalJson(a, b), equalJson(b, a)], [false, false]);
    });
  }
});
