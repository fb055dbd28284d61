/** Every panel's query, evaluated by a real Prometheus with six hours of two replicas. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { stringAt } from '../../src/openshift/json.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { waitFor } from '../helpers/cluster/wait-for.ts';
import { now, pastOfReplicas } from './example-past.ts';
import { grafanaDashboard, panelsIn } from './expressions.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

/** The expected values of each panel by series, for example-past.ts. */
const expected: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'Time saved, last 30 days': { '': 31 },
  'Time saved, last 24 hours': { '': 31 },
  'Incremental Builds, last 24 hours': { '': 0.75 },
  'Full Build, median of 7 days': { '': 210 },
  'Incremental Build, median of 7 days': { '': 45 },
  'Opted-in BuildConfigs': { '': 12 },
  'Hours saved in the 24 hours before': { 'hours saved': 31 },
  'Builds per hour, by decision': { incremental: 360, full: 120 },
  'Why Builds were full, last 7 days': { first_build: 720 },
  'Full Builds in the 24 hours before, by reason': { first_build: 720 },
  'Duration of Builds, by decision': {
    'incremental p50': 45,
    'full p50': 210,
    'incremental p90': 57,
    'full p90': 282,
  },
  'Builds ended in the 24 hours before, by decision and phase': {
    'incremental Complete': 720,
    'incremental Failed': 360,
    'full Complete': 360,
  },
  'Share of Builds that failed in the 24 hours before, by decision': { incremental: 1 / 3, full: 0 },
  'Certificate, days left': { '': 40 },
  'History synced': { '': 1 },
  Replicas: { '': 2 },
  'Admission requests per second, by result': { patched: 8 / 60, unchanged: 4 / 60, failed: 2 / 60 },
  'Admission latency': { p50: 0.0009375, p99: 0.0494 },
  'Unchanged requests per hour, by reason': { already_admitted: 240, deadline_exceeded: 120 },
};

const metrics = createMetrics();
const replica = createServer((_request, response) => {
  void metrics.expose().then((text) => response.setHeader('Content-Type', metrics.contentType).end(text));
});
let prometheus: Prometheus;

before(async () => {
  await new Promise<void>((resolve) => replica.listen(0, '127.0.0.1', resolve));
  prometheus = await startPrometheus(pastOfReplicas(), `127.0.0.1:${(replica.address() as AddressInfo).port}`);
});
after(async () => {
  await (prometheus as Prometheus | undefined)?.stop();
  replica.close();
});

describe('dashboard, panels', () => {
  const panels = panelsIn(grafanaDashboard);

  it('have expected values for each panel', () => {
    assert.deepEqual(panels.map(({ title }) => title).sort(), Object.keys(expected).sort());
  });

  for (const { title, targets } of panels) {
    it(title, async () => {
      const shown: Record<string, number> = {};
      for (const { expr, legendFormat } of targets) {
        for (const { labels, value } of await prometheus.query(expr, now)) {
          const legend = legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? '');
          // A table has its labels in columns.
          shown[legend === '' ? Object.values(labels).join(' ') : legend] = value;
        }
      }
      const wanted = expected[title] ?? {};
      assert.deepEqual(Object.keys(shown).sort(), Object.keys(wanted).sort());
      for (const [series, value] of Object.entries(wanted)) {
        // increase() extrapolates beyond the samples.
        const distance = Math.abs((shown[series] ?? NaN) - value);
        assert.ok(distance <= 0.05 * value, `${series}: ${shown[series]} instead of ${value}`);
      }
    });
  }
});

describe('metrics of the program', () => {
  it('are scraped by Prometheus', async () => {
    metrics.recordAdmission({
      resource: 'builds',
      operation: 'CREATE',
      result: 'patched',
      reason: 'continued',
      decision: 'incremental',
      seconds: 0.003,
    });
    const decisions = await waitFor('the decision to be scraped', async () => {
      const found = await prometheus.query('s2i_incremental_build_decisions_total{job="live",reason="continued"} == 1');
      return found.length > 0 && found;
    });
    assert.equal(decisions[0]?.labels['decision'], 'incremental');
    const [target, ...rest] = await prometheus.targets();
    assert.deepEqual(
      { health: stringAt(target, 'health'), error: stringAt(target, 'lastError'), rest },
      { health: 'up', error: '', rest: [] },
    );
  });
});
