// A chain of two random sources: $HOME contains the second source and the installed files, and nothing else.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Lab, shells } from '../helpers/assemble-lab.ts';
import { type Entry, type Tree, directory, file, link, listTree, utf8 } from '../helpers/file-tree.ts';
import { pythonAssemble } from '../helpers/stock-assemble.ts';

/** Parts of names that often collide or are special to shells. */
const piece = fc.constantFrom(
  'a',
  'b',
  'lib',
  ' ',
  '-',
  '--',
  '.',
  '..',
  '\n',
  '*',
  '?',
  '[a]',
  '[',
  '\\',
  "'",
  '"',
  '$HOME',
  '~',
  utf8('ü'),
  utf8('日'),
  '\xff',
  '\x01',
);
const name = fc
  .oneof(
    fc.constantFrom('.git', '.s2i', 'a', 'lib', 'node_modules', '-rf', '*', '.*', '\n'),
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
  )
  .filter((text) => text !== '.' && text !== '..');
const target = fc.constantFrom(
  '../outside',
  '../outside/precious.txt',
  '..',
  '/',
  'a',
  'nowhere',
  '.',
  '.s2i-incremental',
);

const { entry: anyEntry } = fc.letrec<{ entry: Entry; entries: Tree }>((tie) => ({
  entries: fc.dictionary(name, tie('entry'), { maxKeys: 3, noNullPrototype: true }),
  entry: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'tree' },
    fc
      .tuple(fc.constantFrom('', 'one', 'two\n'), fc.constantFrom(0o644, 0o400, 0o755))
      .map(([text, mode]) => file(text, mode)),
    target.map((path) => link(path)),
    fc.tuple(tie('entries'), fc.constantFrom(0o755, 0o700, 0o775)).map(([entries, mode]) => directory(entries, mode)),
  ),
}));
// mv fails on an empty source.
const source = fc.dictionary(name, anyEntry, { minKeys: 1, maxKeys: 6, noNullPrototype: true });

const installed: Tree = {
  'pip.ini': '[global]\nindex-url = https://pypi.example.com/simple\n',
  '.local': { bin: { pipenv: link('../venvs/pipenv/bin/pipenv') } },
  '.cache': { pip: { flask: 'wheel\n' } },
};

// Enough for each pair of entry types to collide; a run takes about 60 ms.
const runs = 60;

for (const shell of shells) {
  describe(`chain of random sources under ${shell.name}`, () => {
    test('leaves the second source and the installed files', () => {
      fc.assert(
        fc.property(source, source, (a, b) => {
          const cleaning: (() => void)[] = [];
          const lab = new Lab({ after: (clean) => cleaning.push(clean) }, shell);
          try {
            lab.installAssemble(pythonAssemble(lab));
            for (const tree of [a, b]) {
              lab.putSource(tree);
              const { status, stderr } = lab.build();
              assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
            }
            assert.deepEqual(lab.readHome(), listTree({ ...b, ...installed }));
          } finally {
            cleaning.forEach((clean) => clean());
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
