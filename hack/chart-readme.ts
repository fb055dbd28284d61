/**
 * Writes the table of values into the chart's README, from values.yaml: `node hack/chart-readme.ts`. The comment of a
 * value starts with `# -- `, as for helm-docs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Node, isMap, isScalar, parseDocument, visit } from 'yaml';

const chart = new URL('../charts/s2i-incremental-webhook/', import.meta.url);

/** Characters of a default in the table, enough for a security context. */
const widestDefault = 120;

/** Describes a value of the chart: its path, its default as JSON, and its comment; undefined: none. */
export interface ChartValue {
  readonly path: string;
  readonly fallback: string;
  readonly comment: string | undefined;
}

/**
 * Returns the values with a comment, in the order of the file, and those without one that are not within a commented
 * value.
 */
export function chartValues(yaml: string): readonly ChartValue[] {
  const values: ChartValue[] = [];
  // A comment before the first key of a map belongs to the map.
  let ofMap: string | undefined;
  visit(parseDocument(yaml), {
    Map(_key, map) {
      ofMap = map.commentBefore ?? undefined;
    },
    Pair(_key, pair, ancestors) {
      if (!isScalar(pair.key)) return undefined;
      const comment = descriptionOf(pair.key.commentBefore ?? ofMap);
      ofMap = undefined;
      const value = pair.value as Node;
      if (comment === undefined && isMap(value) && value.items.length > 0) return undefined;
      const path = [
        ...ancestors.flatMap((node) => ('key' in node && isScalar(node.key) ? [node.key.value] : [])),
        pair.key.value,
      ];
      values.push({ path: path.join('.'), fallback: JSON.stringify(value.toJSON()), comment });
      return visit.SKIP;
    },
  });
  return values;
}

/** Returns the last paragraph of a comment that starts with `-- `. */
function descriptionOf(comment: string | undefined | null): string | undefined {
  const start = comment?.lastIndexOf(' -- ') ?? -1;
  return start === -1 ? undefined : comment?.slice(start + 4).replaceAll(/\s*\n\s*/g, ' ');
}

/** Returns the README with the table of the values. */
export function renderChartReadme(readme: string, yaml: string): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = chartValues(yaml).map(({ path, fallback, comment = '' }) => {
    const shown = fallback.length > widestDefault ? 'see values.yaml' : `\`${cell(fallback)}\``;
    return `| \`${path}\` | ${shown} | ${cell(comment)} |`;
  });
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return readme.replace(
    /(<!-- values -->\n)[^]*(<!-- \/values -->)/,
    (_all, start, end) => `${start}\n${table}\n\n${end}`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = new URL('README.md', chart);
  writeFileSync(
    file,
    renderChartReadme(readFileSync(file, 'utf8'), readFileSync(new URL('values.yaml', chart), 'utf8')),
  );
}
