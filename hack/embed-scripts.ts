// Writes src/assemble/scripts.ts from the shell scripts beside it: the product is one bundled file and reads none at run
// time. Run it after every change of a script: node hack/embed-scripts.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../src/assemble/', import.meta.url);

/** The file that `embedScripts` describes. */
export const scriptsFile = fileURLToPath(new URL('scripts.ts', folder));

/** The text that scripts.ts must have for the scripts as they are now. */
export function embedScripts(): string {
  const assemble = readFileSync(new URL('assemble.sh', folder), 'utf8');
  const run = readFileSync(new URL('run.sh', folder), 'utf8');
  return [
    '// Made from assemble.sh and run.sh by hack/embed-scripts.ts: change those, then run it.',
    '',
    '/** assemble.sh as it stands in this folder, its settings at their defaults. */',
    `export const assembleTemplate = ${templateLiteral(assemble)};`,
    '',
    '/** run.sh as it stands in this folder, its settings at their defaults. */',
    `export const runTemplate = ${templateLiteral(run)};`,
    '',
  ].join('\n');
}

function templateLiteral(text: string): string {
  return `\`${text.replace(/\\|`|\$\{/g, '\\$&')}\``;
}

if (import.meta.main) {
  writeFileSync(scriptsFile, embedScripts());
}
