/**
 * Bundles the program into the one file that the image ships, without node_modules.
 *   node hack/build.ts          dist/main.js, with source map, licences, SBOM and a package.json for CommonJS
 *   node hack/build.ts FILE     only the bundle, as FILE
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, build } from 'esbuild';
import { bundledPackages, createSbom } from './sbom.ts';

/**
 * Replaces unused parts of packages, which would take memory, by an empty module. `npm run test:cluster` and
 * test/cli/bundle.test.ts run the result.
 * - client-node's models and API classes, of which its KubeConfig needs two names, and its other parts;
 * - undici, whose fetch only those use: requests here use node:https with the client's authentication;
 * - body-parser, which express loads for unused middleware, with tables of every character set;
 * - mime-db, which express uses for the content types of files and for character sets that it adds anyway.
 */
const leaveOut: Plugin = {
  name: 'leave-out',
  setup(bundler) {
    const client = `${root}node_modules/@kubernetes/client-node/dist`;
    bundler.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: `${client}/config.js` }));
    bundler.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer }) =>
      importer.startsWith(client) ? { path: 'client-node-models', namespace: 'left-out' } : undefined,
    );
    bundler.onResolve({ filter: /^(?:undici|body-parser|mime-db)$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    bundler.onLoad({ filter: /^client-node-models$/, namespace: 'left-out' }, () => ({
      resolveDir: client,
      contents: `export { createConfiguration } from './gen/configuration.js';
        export { ServerConfiguration } from './gen/servers.js';`,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }));
    // A renamed part would otherwise be back in the bundle unnoticed.
    bundler.onEnd(({ metafile }) => {
      const found = Object.keys(metafile?.inputs ?? {}).filter((input) => input.startsWith('left-out:'));
      const missing = leftOut.filter((part) => !found.includes(`left-out:${part}`));
      return { errors: missing.map((part) => ({ text: `${part} was not left out of the bundle` })) };
    });
  },
};
const leftOut = ['client-node-models', 'undici', 'body-parser', 'mime-db'];

const root = fileURLToPath(new URL('..', import.meta.url));
const [alone] = process.argv.slice(2);
const outfile = alone ?? `${root}dist/main.js`;
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  // node_modules may be a link: its files then keep their names in the checkout.
  preserveSymlinks: true,
  platform: 'node',
  target: 'node22',
  // CommonJS starts faster, and a .js file without a package.json is read as that.
  format: 'cjs',
  // So that it can be called by its name, and by `oc` and `kubectl` as a plugin.
  banner: { js: '#!/usr/bin/env node' },
  // Identifiers stay, so that stack traces are readable.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: alone === undefined,
  sourcesContent: false,
  legalComments: alone === undefined ? 'linked' : 'none',
  metafile: true,
  plugins: [leaveOut],
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
if (alone === undefined) {
  writeFileSync(`${root}dist/package.json`, '{ "type": "commonjs" }\n');
  writeFileSync(`${root}dist/sbom.cdx.json`, createSbom(root, bundledPackages(root, metafile)));
}
const bytes = Object.entries(metafile.outputs).find(([file]) => file.endsWith('.js'))?.[1].bytes ?? 0;
console.log(`${outfile}  ${(bytes / 1024).toFixed(0)} KiB`);
