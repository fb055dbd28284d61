/** Dashboard, alerts and documentation use existing metrics, whose names follow Prometheus's conventions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { arrayAt, stringAt } from '../../src/openshift/json.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installMode, renderedObjects, theOnly } from '../chart/helm.ts';
import { grafanaDashboard, metricsIn, panelsIn } from './expressions.ts';
import { promtool } from './promtool.ts';

/**
 * Not from the webhook: Prometheus's own, and the one of kube-state-metrics, which docs/monitoring.md calls optional.
 */
const others = ['up', 'kube_deployment_status_replicas_available'];

/** Returns the program's metrics by name with their types. */
async function programMetrics(): Promise<ReadonlyMap<string, string>> {
  const lines = (await createMetrics().expose()).split('\n').filter((line) => line.startsWith('# TYPE '));
  return new Map(lines.map((line) => line.split(' ').slice(2) as [string, string]));
}

/** Returns the names of their series in Prometheus. */
async function seriesNames(): Promise<readonly string[]> {
  return [...(await programMetrics())].flatMap(([name, type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  );
}

describe('metric names', () => {
  it('are found in an expression', () => {
    const expression =
      'histogram_quantile(0.9, max by (decision, le) (increase(a_bucket{phase="b_total"}[1d]))) / on() (c:d > 0) or vector(1)';
    assert.deepEqual(metricsIn(expression), ['a_bucket', 'c:d']);
  });

  it('of each panel exist in the program', async () => {
    const known = await seriesNames();
    const panels = panelsIn(grafanaDashboard);
    const unknown = panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) =>
        metricsIn(expr)
          .filter((name) => !known.includes(name))
          .map((name) => [title, name]),
      ),
    );
    assert.ok(panels.length > 10);
    assert.deepEqual(unknown, []);
  });

  it('of each alert exist in the program', async () => {
    const known = [...(await seriesNames()), ...others];
    const objects = await renderedObjects(installMode('monitoring'));
    const rules = arrayAt(arrayAt(theOnly('PrometheusRule', objects), 'spec', 'groups')?.[0], 'rules') ?? [];
    const unknown = rules.flatMap((rule) =>
      metricsIn(stringAt(rule, 'expr') ?? '')
        .filter((name) => !known.includes(name))
        .map((name) => [stringAt(rule, 'alert'), name]),
    );
    assert.ok(rules.length > 5);
    assert.deepEqual(unknown, []);
  });

  it('of the program are all in the documentation', async () => {
    const text = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `(s2i_incremental_[a-z_]+)`\s+\| (\w+)/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    assert.deepEqual(documented.sort(), [...(await programMetrics())].sort());
  });
});

describe('metrics exposition', () => {
  it('passes promtool', async () => {
    assert.deepEqual(await promtool(['check', 'metrics'], await createMetrics().expose()), { status: 0, output: '' });
  });
});
