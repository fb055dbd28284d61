/** No module of src imports itself through others, so files can be read from top to bottom. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

type Imports = ReadonlyMap<string, readonly string[]>;

const src = new URL('../../src/', import.meta.url);

/** Returns the imports of a module within src, including types and dynamic ones; `url` is its own. */
function importsIn(text: string, url: URL): readonly string[] {
  const specifiers = text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => fileURLToPath(new URL(specifier, url)));
}

/** Returns a circle, with its first module repeated at the end; undefined if there is none. */
function findCircle(imports: Imports): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (module: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(module);
    if (start !== -1) return [...path.slice(start), module];
    if (done.has(module)) return undefined;
    for (const imported of imports.get(module) ?? []) {
      const circle = visit(imported, [...path, module]);
      if (circle !== undefined) return circle;
    }
    done.add(module);
    return undefined;
  };
  for (const module of imports.keys()) {
    const circle = visit(module, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('import circles', () => {
  it('are found', () => {
    const rows: readonly [imports: Record<string, readonly string[]>, circle: readonly string[] | undefined][] = [
      [{ a: ['b', 'c'], b: ['c'], c: [] }, undefined],
      [{ a: ['a'] }, ['a', 'a']],
      [{ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, ['b', 'c', 'd', 'b']],
    ];
    for (const [imports, circle] of rows) assert.deepEqual(findCircle(new Map(Object.entries(imports))), circle);
  });

  it('are found in every kind of import', () => {
    const text = `import type { A } from './a.ts';\nexport { b } from '../x/b.ts';\nimport './c.ts';
import {\n  d,\n} from './d.ts';\nconst e = await import('./e.ts');\nimport { f } from 'f';\n`;
    const names = importsIn(text, new URL('file:///src/room/module.ts'));
    assert.deepEqual(
      names,
      ['room/a', 'x/b', 'room/c', 'room/d', 'room/e'].map((name) => `/src/${name}.ts`),
    );
  });

  it('do not exist in src', () => {
    const files = globSync('**/*.ts', { cwd: fileURLToPath(src) }).map((file) => new URL(file, src));
    assert.ok(files.length > 100);
    const imports = new Map(
      files.map((url) => [fileURLToPath(url), importsIn(readFileSync(url, 'utf8'), url)] as const),
    );
    const circle = findCircle(imports)?.map((file) => file.slice(fileURLToPath(src).length));
    assert.equal(circle?.join(' → '), undefined);
  });
});
