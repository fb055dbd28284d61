/** Writes the tables of configuration keys and of reasons into docs/reference.md: `node hack/reference.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type ConfigKey, configKeys } from '../src/config/keys.ts';
import { fullBuildRules } from '../src/policy/full-build-rules.ts';
import { otherReasons } from '../src/policy/reasons.ts';

/** The page of `renderReference`. */
export const referenceFile = new URL('../docs/reference.md', import.meta.url);

/** Returns the page with the tables of the schema and the rules. */
export async function renderReference(page: string, keys: readonly ConfigKey[] = configKeys()): Promise<string> {
  const rows = keys.map(
    ({ path, fallback, description }) => `| \`${path.join('.')}\` | \`${textOf(fallback)}\` | ${description} |`,
  );
  const table = ['| key | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const reasons = fullBuildRules.map(({ code, sentence, advice }) => {
    // The column's title says it.
    const next = (advice ?? '').replace(/^The next Builds? (?:is|are) full(?: too)?,? /, '');
    return `| \`${code}\` | ${sentence} | ${next} |`;
  });
  const title = '| code | the Build is full because | the next Build is full too |';
  const reasonTable = [title, '| --- | --- | --- |', ...reasons].join('\n');
  const others = Object.entries(otherReasons).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  const otherTable = ['| code | meaning |', '| --- | --- |', ...others].join('\n');
  const tables = { configuration: table, reasons: reasonTable, 'other-reasons': otherTable };
  const text = Object.entries(tables).reduce((result, [name, rows]) => withTable(result, name, rows), page);
  return format(text, { ...(await resolveConfig(referenceFile)), parser: 'markdown' });
}

function withTable(page: string, name: string, table: string): string {
  return page.replace(
    new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- /${name} -->)`),
    (_all, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
}

/** Returns a value as written in the file. */
function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

if (import.meta.main) writeFileSync(referenceFile, await renderReference(readFileSync(referenceFile, 'utf8')));
