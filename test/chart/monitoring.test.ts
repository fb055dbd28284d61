/** The parts of monitoring in the chart, and whether they match. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { arrayAt, at, objectAt, stringAt } from '../../src/openshift/json.ts';
import { grafanaDashboard, panelsIn } from '../monitoring/expressions.ts';
import { type InstallMode, type Manifest, installMode, installModes, renderedObjects, theOnly } from './helm.ts';

const monitoring = installMode('monitoring');

const dashboardsIn = (objects: readonly Manifest[]) =>
  objects.filter((object) => at(object, 'data', 's2i-incremental.json') !== undefined);

async function alertsOf(mode: InstallMode, ...sets: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const more = ['monitoring.prometheusRule.enabled=true', ...sets].flatMap((set) => ['--set', set]);
  const rule = theOnly('PrometheusRule', await renderedObjects(mode, ...more));
  const rules = arrayAt(arrayAt(rule, 'spec', 'groups')?.[0], 'rules') ?? [];
  return new Map(rules.map((one) => [stringAt(one, 'alert') ?? '', one]));
}

describe('chart, monitoring', () => {
  it('is off by default', async () => {
    for (const mode of installModes.filter(({ name }) => name !== 'monitoring')) {
      const objects = await renderedObjects(mode);
      const found = objects.filter(({ apiVersion }) => /^(?:monitoring|grafana|console)\./.test(apiVersion));
      assert.deepEqual([...found, ...dashboardsIn(objects)], [], mode.name);
    }
  });

  it('is enabled part by part', async () => {
    const before = (await renderedObjects(installMode('self-signed'))).length;
    const addedWith = async (part: string) => {
      const objects = await renderedObjects(installMode('self-signed'), '--set', `monitoring.${part}.enabled=true`);
      assert.equal(objects.length, before + 1);
      const [added] = objects.filter(
        (object) => /^(?:monitoring|grafana)\./.test(object.apiVersion) || dashboardsIn([object]).length > 0,
      );
      return [added?.kind, added?.metadata.namespace, added?.metadata.name];
    };
    assert.deepEqual(
      [
        await addedWith('serviceMonitor'),
        await addedWith('prometheusRule'),
        await addedWith('dashboard'),
        await addedWith('grafanaDashboard'),
        await addedWith('consoleDashboard'),
      ],
      [
        ['ServiceMonitor', 's2i-incremental', 's2i-incremental-webhook'],
        ['PrometheusRule', 's2i-incremental', 's2i-incremental-webhook'],
        ['ConfigMap', 's2i-incremental', 's2i-incremental-webhook-dashboard'],
        ['GrafanaDashboard', 's2i-incremental', 's2i-incremental-webhook'],
        ['ConfigMap', 'openshift-config-managed', 's2i-incremental-webhook'],
      ],
    );
  });
});

describe('chart, ServiceMonitor', () => {
  it('selects one of the two Services and a port of it', async () => {
    const objects = await renderedObjects(monitoring);
    const monitor = theOnly('ServiceMonitor', objects);
    const selector = Object.entries(objectAt(monitor, 'spec', 'selector', 'matchLabels') ?? {});
    const [service, ...others] = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' && selector.every(([label, value]) => metadata.labels?.[label] === value),
    );
    assert.deepEqual([service?.metadata.name, others], ['s2i-incremental-webhook', []]);
    assert.deepEqual(arrayAt(monitor, 'spec', 'endpoints'), [
      { port: 'ops', path: '/metrics', scheme: 'http', interval: '15s' },
    ]);
    assert.ok((arrayAt(service, 'spec', 'ports') ?? []).some((port) => stringAt(port, 'name') === 'ops'));
    assert.equal(monitor.metadata.labels?.['release'], 'prometheus');
  });
});

describe('chart, alerts', () => {
  it('have a severity, a summary, and a section in the documentation', async () => {
    const text = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');
    const sections = [...text.matchAll(/^### (S2IIncremental\w+)$/gm)].map(([, name]) => name);
    const alerts = await alertsOf(monitoring);
    assert.deepEqual([...alerts.keys()], sections);
    for (const [name, rule] of alerts) {
      assert.match(stringAt(rule, 'labels', 'severity') ?? '', /^(warning|critical)$/, name);
      assert.match(stringAt(rule, 'annotations', 'summary') ?? '', /^[A-Z].*\.$/, name);
      assert.equal(
        stringAt(rule, 'annotations', 'runbook_url'),
        `https://git.example.com/platform/s2i-incremental-webhook/docs/monitoring.md#${name.toLowerCase()}`,
      );
    }
  });

  it('have no runbook URL unless it is set', async () => {
    const alerts = await alertsOf(installMode('self-signed'));
    assert.deepEqual(
      [...alerts.values()].filter((rule) => at(rule, 'annotations', 'runbook_url') !== undefined),
      [],
    );
  });

  it('do not fire for a certificate that is renewed in time', async () => {
    const secondsOf = async (mode: string, ...sets: readonly string[]) => {
      const alerts = await alertsOf(installMode(mode), ...sets);
      return ['S2IIncrementalCertificateNotRenewed', 'S2IIncrementalCertificateExpiring'].map((name) =>
        Number(/< (\d+)$/.exec(stringAt(alerts.get(name), 'expr') ?? '')?.[1]),
      );
    };
    const [day, hour] = [86_400, 3600];
    assert.deepEqual(
      {
        'self-signed': await secondsOf('self-signed'),
        'self-signed, a day': await secondsOf('self-signed', 'certificate.selfSigned.life=24h'),
        'cert-manager': await secondsOf('cert-manager'),
        'cert-manager, at the last moment': await secondsOf('cert-manager', 'certificate.certManager.renewBefore=7h'),
        openshift: await secondsOf('openshift'),
        existing: await secondsOf('existing'),
      },
      {
        'self-signed': [7 * day, day],
        'self-signed, a day': [2 * hour, Math.floor((8 * hour) / 28)],
        'cert-manager': [7 * day, day],
        'cert-manager, at the last moment': [1.75 * hour, 0.25 * hour],
        openshift: [7 * day, day],
        existing: [7 * day, day],
      },
    );
  });

  it('omit the history if standalone', async () => {
    assert.ok((await alertsOf(monitoring)).has('S2IIncrementalHistoryNotSynced'));
    assert.ok(!(await alertsOf(installMode('standalone'))).has('S2IIncrementalHistoryNotSynced'));
  });
});

describe('chart, dashboard of the console', () => {
  const parsed = async () => {
    const [grafana, console] = dashboardsIn(await renderedObjects(monitoring));
    const content = (object: Manifest | undefined): unknown =>
      JSON.parse(stringAt(object, 'data', 's2i-incremental.json') ?? '');
    assert.equal(grafana?.metadata.labels?.['grafana_dashboard'], '1');
    assert.equal(console?.metadata.labels?.['console.openshift.io/dashboard'], 'true');
    return { grafana: content(grafana), console: content(console) };
  };

  it("has Grafana's panels in the same order, with the same queries and names of series", async () => {
    const { grafana, console } = await parsed();
    assert.deepEqual(grafana, grafanaDashboard);
    const types = { timeseries: 'graph', stat: 'singlestat', table: 'table' } as Readonly<Record<string, string>>;
    const rows = arrayAt(console, 'rows') ?? [];
    assert.deepEqual(
      rows.flatMap(panelsIn),
      panelsIn(grafana).map((panel) => ({ ...panel, type: types[panel.type] })),
    );
    assert.deepEqual(
      rows.map((row) => at(row, 'title')),
      (arrayAt(grafana, 'panels') ?? []).filter((panel) => at(panel, 'type') === 'row').map((row) => at(row, 'title')),
    );
  });

  it('has only what the console can draw', async () => {
    const panels = (arrayAt((await parsed()).console, 'rows') ?? []).flatMap((row) => arrayAt(row, 'panels') ?? []);
    for (const panel of panels) {
      const title = stringAt(panel, 'title') ?? '';
      const expressions = (arrayAt(panel, 'targets') ?? []).map((target) => stringAt(target, 'expr') ?? '');
      assert.ok(expressions.length > 0 && !expressions.some((expression) => expression.includes('$')), title);
      const format = stringAt(panel, 'format') ?? stringAt(arrayAt(panel, 'yaxes')?.[0], 'format') ?? 'short';
      assert.ok(['short', 'percentunit', 's'].includes(format), title);
      if (stringAt(panel, 'type') === 'singlestat') assert.equal(expressions.length, 1, title);
    }
    const shown = (title: string) => panels.find((panel) => stringAt(panel, 'title') === title);
    assert.equal(at(shown('Time saved, last 30 days'), 'postfix'), ' h');
    assert.deepEqual(at(shown('History synced'), 'valueMaps'), [
      { op: '=', value: '0', text: 'no' },
      { op: '=', value: '1', text: 'yes' },
    ]);
    assert.deepEqual(at(shown('Why Builds were full, last 7 days'), 'styles'), [
      { pattern: 'Value', alias: 'Builds', type: 'number', decimals: 0 },
      { pattern: 'reason', alias: 'Reason', type: 'string', decimals: 0 },
    ]);
  });

  it('fills each line of the grid', () => {
    const widths = new Map<unknown, number>();
    for (const panel of arrayAt(grafanaDashboard, 'panels') ?? []) {
      const line = at(panel, 'gridPos', 'y');
      widths.set(line, (widths.get(line) ?? 0) + Number(at(panel, 'gridPos', 'w')));
    }
    assert.deepEqual(new Set(widths.values()), new Set([24]));
  });
});
