/** The alerts, evaluated by promtool: whether they are valid, and when they fire. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { arrayAt, at, stringAt } from '../../src/openshift/json.ts';
import { installMode, renderedObjects, theOnly } from '../chart/helm.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { promtool } from './promtool.ts';

const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-rules-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const rulesFile = join(folder, 'rules.json');
const spec = at(theOnly('PrometheusRule', await renderedObjects(installMode('monitoring'))), 'spec');
const rules = arrayAt(arrayAt(spec, 'groups')?.[0], 'rules') ?? [];
// JSON is YAML.
writeFileSync(rulesFile, JSON.stringify(spec));

const ruleOf = (alert: string) => rules.find((rule) => stringAt(rule, 'alert') === alert);

/** Returns a case in promtool's format. */
function unitTest({ alert, series, at: times, raises }: AlertCase) {
  const rule = ruleOf(alert);
  const fills = [...(raises?.fills ?? [])];
  const description = stringAt(rule, 'annotations', 'description')?.replaceAll(
    /\{\{.*?\}\}/g,
    () => fills.shift() ?? '?',
  );
  const raised = {
    exp_labels: { ...raises?.labels, namespace: 's2i-incremental', severity: stringAt(rule, 'labels', 'severity') },
    exp_annotations: { ...(at(rule, 'annotations') as object), description },
  };
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: times.map((time) => ({
      eval_time: time,
      alertname: alert,
      exp_alerts: raises === undefined ? [] : [raised],
    })),
  };
}

/** Asserts that promtool accepts the cases. */
async function passes(...cases: readonly AlertCase[]): Promise<void> {
  const file = join(folder, 'test.json');
  const content = { rule_files: [rulesFile], evaluation_interval: '1m', tests: cases.map(unitTest) };
  writeFileSync(file, JSON.stringify(content));
  const { status, output } = await promtool(['test', 'rules', file]);
  assert.equal(status, 0, output);
}

describe('alerts', () => {
  it('are valid', async () => {
    const { status, output } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', rulesFile]);
    assert.equal(status, 0, output);
    assert.match(output, new RegExp(`SUCCESS: ${rules.length} rules found`));
  });

  for (const one of alertCases) {
    it(`${one.alert} ${one.raises === undefined ? 'does not fire' : 'fires'} when ${one.when}`, () => passes(one));
  }

  it('have a firing and a silent case each', () => {
    const names = rules.map((rule) => stringAt(rule, 'alert')).sort();
    const inCases = (raised: boolean) => [
      ...new Set(alertCases.filter(({ raises }) => (raises !== undefined) === raised).map(({ alert }) => alert)),
    ];
    assert.deepEqual({ with: inCases(true).sort(), without: inCases(false).sort() }, { with: names, without: names });
  });

  it('fail the test with a wrong expectation', async () => {
    const [one] = alertCases.filter(({ raises }) => raises !== undefined);
    assert.ok(one !== undefined);
    const { raises: _raises, ...calm } = one;
    await assert.rejects(passes(calm), /exp:\[\s*\],?\s*got:\[/);
  });
});
