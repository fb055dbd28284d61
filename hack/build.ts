/** Bundles the program into the one file that the image ships: dist/main.js, no node_modules beside it. */
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  platform: 'node',
  target: 'node22',
  // CommonJS starts faster, and a .js file without a package.json beside it is read as that.
  format: 'cjs',
  // Identifiers stay, so that a stack trace in a log can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
});
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
const bytes = metafile.outputs['dist/main.js']?.bytes ?? 0;
console.log(`dist/main.js  ${(bytes / 1024).toFixed(0)} KiB`);
