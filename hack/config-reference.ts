/** Writes the table of configuration keys into docs/reference.md, from the schema: `node hack/config-reference.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type ConfigKey, configKeys } from '../src/config/keys.ts';

/** The page that `renderReference` describes. */
export const referenceFile = new URL('../docs/reference.md', import.meta.url);

/** The page with its table of configuration keys as they are. */
export async function renderReference(page: string, keys: readonly ConfigKey[] = configKeys()): Promise<string> {
  const rows = keys.map(
    ({ path, fallback, description }) => `| \`${path.join('.')}\` | \`${textOf(fallback)}\` | ${description} |`,
  );
  const table = ['| key | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const text = page.replace(
    /(<!-- configuration -->\n)[^]*(<!-- \/configuration -->)/,
    (_all, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
  return format(text, { ...(await resolveConfig(referenceFile)), parser: 'markdown' });
}

/** A value as it may be written in the file. */
function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

if (import.meta.main) writeFileSync(referenceFile, await renderReference(readFileSync(referenceFile, 'utf8')));
