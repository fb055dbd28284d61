// Writes src/assemble/scripts.ts from the shell scripts: the product is one file and reads none at run time. Run it
// after every change of a script: node hack/embed-scripts.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../src/assemble/', import.meta.url);

/** The parts of each script, in `shell/`. */
const parts = {
  assemble: [
    'assemble-settings.sh',
    'places.sh',
    'trees.sh',
    'record.sh',
    'removal.sh',
    'environment.sh',
    'packages.sh',
    'assemble.sh',
  ],
  run: ['run-settings.sh', 'places.sh', 'run.sh'],
};

/** The file that contains the result of `embedScripts`. */
export const scriptsFile = fileURLToPath(new URL('scripts.ts', folder));

/** Returns both scripts. */
export function scriptTexts(): { assemble: string; run: string } {
  return { assemble: join(parts.assemble), run: join(parts.run) };
}

/** Returns the text that scripts.ts must have. */
export function embedScripts(): string {
  return [
    '// Generated from shell/ by hack/embed-scripts.ts: change those files, then run it.',
    '',
    '/** The assemble wrapper with default settings. */',
    `export const assembleTemplate = ${templateLiteral(scriptTexts().assemble)};`,
    '',
    "/** The wrapper's run with default settings. */",
    `export const runTemplate = ${templateLiteral(scriptTexts().run)};`,
    '',
  ].join('\n');
}

/** Joins parts into one script; a line `@NAME@` is replaced by that file. */
function join(names: readonly string[]): string {
  return names
    .map(readPart)
    .join('\n')
    .replace(/^@([a-z.]+)@\n/gm, (_line, name: string) => readPart(name));
}

function readPart(name: string): string {
  return readFileSync(new URL(`shell/${name}`, folder), 'utf8');
}

function templateLiteral(text: string): string {
  return `\`${text.replace(/\\|`|\$\{/g, '\\$&')}\``;
}

if (import.meta.main) {
  writeFileSync(scriptsFile, embedScripts());
}
