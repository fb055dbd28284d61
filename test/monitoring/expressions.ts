import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, arrayAt, stringAt } from '../../src/openshift/json.ts';
import { chart } from '../chart/helm.ts';

/** A panel's query, and the name of each series. */
export interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

/** A panel of a dashboard. */
export interface DashboardPanel {
  readonly title: string;
  readonly type: string;
  readonly targets: readonly Target[];
}

/** The Grafana dashboard in the chart. */
export const grafanaDashboard = JSON.parse(
  readFileSync(join(chart, 'dashboards', 's2i-incremental.json'), 'utf8'),
) as JsonObject;

/** Returns the panels of a dashboard or a row, without rows. */
export function panelsIn(container: unknown): readonly DashboardPanel[] {
  return (arrayAt(container, 'panels') ?? [])
    .filter((panel) => stringAt(panel, 'type') !== 'row')
    .map((panel) => ({
      title: stringAt(panel, 'title') ?? '',
      type: stringAt(panel, 'type') ?? '',
      targets: (arrayAt(panel, 'targets') ?? []).map((target) => ({
        expr: stringAt(target, 'expr') ?? '',
        legendFormat: stringAt(target, 'legendFormat') ?? '',
      })),
    }));
}

const operators = ['and', 'or', 'unless', 'on', 'by', 'without', 'ignoring', 'bool', 'offset'];

/** Returns the metrics in a PromQL expression, without duplicates, sorted. */
export function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/[A-Za-z_:][A-Za-z0-9_:]*\b(?!\s*\()/g)].map(([name]) => name);
  return [...new Set(names)].filter((name) => !operators.includes(name)).sort();
}
