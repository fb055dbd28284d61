import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Change,
  type RenderOptions,
  listChanges,
  renderChanges,
  shorten,
} from '../../../src/cli/render-changes.ts';
import { renderText } from '../../../src/cli/terminal.ts';

const digest = `sha256:${'0123abcd'.repeat(8)}`;
const before = {
  kind: 'Build',
  metadata: { annotations: { 'openshift.io/build.number': '1' } },
  spec: {
    strategy: {
      sourceStrategy: {
        from: { kind: 'DockerImage', name: 'python:3.12' },
        incremental: true,
        env: [{ name: 'FOO', value: 'bar' }, { name: 'TOKEN', valueFrom: { key: 'k' } }, 'odd'],
        pullSecret: { name: 'old' },
      },
    },
    args: [1, 2],
  },
};
const after = {
  kind: 'Build',
  metadata: { annotations: { 'openshift.io/build.number': '1', 's2i-incremental.io/mode': 'chain' } },
  spec: {
    strategy: {
      sourceStrategy: {
        from: { kind: 'DockerImage', name: `harbor.example.com/team/app@${digest}` },
        incremental: false,
        env: [
          { name: 'FOO', value: 'baz' },
          { name: 'TOKEN', valueFrom: { key: 'l' } },
          'odd',
          { name: 'NEW', value: '' },
        ],
      },
    },
    args: [1],
  },
};

const expected = `\
  metadata.annotations.s2i-incremental.io/mode          + chain
  spec.strategy.sourceStrategy.from.name                - python:3.12
                                                        + harbor.example.com/team/app@${digest}
  spec.strategy.sourceStrategy.incremental              - true
                                                        + false
  spec.strategy.sourceStrategy.env[FOO]                 - bar
                                                        + baz
  spec.strategy.sourceStrategy.env[TOKEN].valueFrom.key - k
                                                        + l
  spec.strategy.sourceStrategy.env[NEW]                 + 
  spec.strategy.sourceStrategy.pullSecret.name          - old
  spec.args[1]                                          - 2
`;

const wide = { indent: '', width: Number.POSITIVE_INFINITY };
const render = (changes: readonly Change[], options: RenderOptions, hasColour = false) =>
  renderChanges(changes, options)
    .map((line) => `${renderText(line, hasColour)}\n`)
    .join('');

describe('listChanges and renderChanges', () => {
  it('render a whole text', () => {
    // The values start two characters after the longest path.
    const text = expected.replaceAll(/^ {2}(.{53})/gm, '  $1 ');
    assert.equal(render(listChanges(before, after), { ...wide, indent: '  ' }), text);
  });

  it('return nothing for equal objects with keys in another order', () => {
    assert.deepEqual(listChanges({ a: 1, b: { c: [] } }, { b: { c: [] }, a: 1 }), []);
    assert.equal(render([], wide), '');
  });

  const rows: readonly [title: string, before: unknown, after: unknown, changes: readonly Change[]][] = [
    ['a value', { a: 1 }, { a: 2 }, [{ path: 'a', before: '1', after: '2' }]],
    ['a value that comes', {}, { a: null }, [{ path: 'a', before: undefined, after: 'null' }]],
    ['a value that goes', { a: 'x' }, {}, [{ path: 'a', before: 'x', after: undefined }]],
    [
      'an object that comes',
      {},
      { a: { b: 1, c: 'x' } },
      [
        { path: 'a.b', before: undefined, after: '1' },
        { path: 'a.c', before: undefined, after: 'x' },
      ],
    ],
    ['an empty object that comes', {}, { a: {} }, [{ path: 'a', before: undefined, after: '{}' }]],
    ['an empty list that goes', { a: [] }, {}, [{ path: 'a', before: '[]', after: undefined }]],
    ['an empty list in place of an empty object', { a: {} }, { a: [] }, [{ path: 'a', before: '{}', after: '[]' }]],
    ['a text in place of an object', { a: { b: 1 } }, { a: 'x' }, [{ path: 'a.b', before: '1', after: undefined }]],
    [
      'a variable without a value that is filled in',
      { env: [{ name: 'A' }, { name: 'B', value: null }] },
      {
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: 'y' },
        ],
      },
      [
        { path: 'env[A]', before: undefined, after: 'x' },
        { path: 'env[B]', before: undefined, after: 'y' },
      ],
    ],
    ['items without name', { a: ['x', 'y'] }, { a: ['x', 'z'] }, [{ path: 'a[1]', before: 'y', after: 'z' }]],
    [
      'another order of named items',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'y' }, { name: 'x' }] },
      [{ path: 'a', before: '[{"name":"x"},{"name":"y"}]', after: '[{"name":"y"},{"name":"x"}]' }],
    ],
    [
      'items of one name, the later ones by their place',
      {
        a: [
          { name: 'x', value: '1' },
          { name: 'x', value: '2' },
        ],
      },
      {
        a: [
          { name: 'x', value: '9' },
          { name: 'x', value: '2' },
          { name: 'y', value: '3' },
        ],
      },
      [
        { path: 'a[x]', before: '1', after: '9' },
        { path: 'a[y]', before: undefined, after: '3' },
      ],
    ],
    ['the whole', 'a', 'b', [{ path: '', before: 'a', after: 'b' }]],
  ];
  for (const [title, left, right, changes] of rows) {
    it(`list ${title}`, () => {
      assert.deepEqual(listChanges(left, right), changes);
    });
  }

  it('use red and green for values only', () => {
    const changes = [{ path: 'a', before: 'x', after: 'y' }];
    assert.equal(render(changes, wide, true), 'a  \u001b[31m- x\u001b[39m\n   \u001b[32m+ y\u001b[39m\n');
  });

  it('respect the width', () => {
    const changes = [{ path: 'path', before: undefined, after: 'v'.repeat(100) }];
    const text = render(changes, { indent: '  ', width: 40 });
    assert.equal(text, `  path  + ${'v'.repeat(15)}…${'v'.repeat(14)}\n`);
    assert.equal(text.length, 41);
  });
});

describe('shorten', () => {
  const rows: readonly [text: string, length: number, expected: string][] = [
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'ab…ef'],
    ['abcdef', 4, 'ab…f'],
    ['abcdef', 3, 'a…f'],
    ['abcdef', 0, 'a…f'],
    ['abcdef', -10, 'a…f'],
    [`app@${digest}`, 75, `app@${digest}`],
    [`app@${digest}`, 74, 'app@sha256:0123abcd…'],
    [`app@${digest}`, 20, 'app@sha256:0123abcd…'],
    [`app@${digest}`, 19, 'app@sha25…0123abcd…'],
    [`a@${digest} b@${digest}`, 100, 'a@sha256:0123abcd… b@sha256:0123abcd…'],
  ];
  for (const [text, length, short] of rows) {
    it(`${text.slice(0, 20)} to ${length}: ${short}`, () => {
      assert.equal(shorten(text, length), short);
    });
  }
});
