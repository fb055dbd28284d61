/** The chart's README, comments and version match the rest of the repository. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { chartValues, renderChartReadme } from '../../hack/chart-readme.ts';
import { at } from '../../src/openshift/json.ts';
import { chart } from './helm.ts';

const read = (file: string) => readFileSync(join(chart, file), 'utf8');

describe('chart, README and values.yaml', () => {
  it('explain each value', () => {
    const values = chartValues(read('values.yaml'));
    assert.ok(values.length > 50);
    assert.deepEqual(
      values.filter(({ comment }) => comment === undefined),
      [],
    );
  });

  it('have the current table of values (node hack/chart-readme.ts)', () => {
    assert.equal(read('README.md'), renderChartReadme(read('README.md'), read('values.yaml')));
  });

  it('detect a new value', () => {
    const values = `${read('values.yaml')}\n# -- Something new.\nnews: {a: 1}\n`;
    assert.ok(renderChartReadme(read('README.md'), values).includes('| `news` | `{"a":1}` | Something new. |'));
    const long = `# -- A long default.\nlong: ${'x'.repeat(119)}\n`;
    assert.ok(renderChartReadme(read('README.md'), long).includes('| `long` | see values.yaml | A long default. |'));
    assert.deepEqual(chartValues('a:\n  # -- B.\n  b: 1\n  c: [2]\n'), [
      { path: 'a.b', fallback: '1', comment: 'B.' },
      { path: 'a.c', fallback: '[2]', comment: undefined },
    ]);
  });

  it('have no broken link in the packaged chart', () => {
    const relative = [...read('README.md').matchAll(/\]\((?!https:\/\/|#)([^)]*)\)/g)].map(([, target]) => target);
    assert.deepEqual(relative, []);
  });

  it("have the program's version", () => {
    const program: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const { version, appVersion } = parse(read('Chart.yaml')) as Record<string, unknown>;
    assert.deepEqual({ version, appVersion }, { version: at(program, 'version'), appVersion: at(program, 'version') });
  });
});
