/** The time of the queries, in seconds since the epoch; a day earlier nothing had happened. */
export const now = Date.parse('2025-01-31T12:00:00Z') / 1000;

/** Minutes that the two replicas of each rollout run. */
const life = 180;

type Labels = Readonly<Record<string, string>>;

/** A series of a replica: its value after a number of minutes. */
interface Series {
  readonly labels: Labels;
  readonly valueAt: (minute: number) => number;
}

const constant = (value: number): Series => ({ labels: {}, valueAt: () => value });
const perMinute = (count: number, labels: Labels = {}): Series => ({ labels, valueAt: (minute) => count * minute });

/** Returns a histogram of observations each minute, as counts per upper bound. */
function histogram(
  name: string,
  bounds: readonly number[],
  labels: Labels,
  perBound: Readonly<Record<number, number>>,
) {
  const countUpTo = (bound: number) =>
    Object.entries(perBound).reduce((sum, [upper, count]) => sum + (Number(upper) <= bound ? count : 0), 0);
  const buckets = [...bounds, Infinity].map((bound) =>
    perMinute(countUpTo(bound), { ...labels, le: bound === Infinity ? '+Inf' : String(bound) }),
  );
  return [
    ...buckets.map((bucket) => [`${name}_bucket`, bucket] as const),
    [`${name}_count`, perMinute(countUpTo(Infinity), labels)] as const,
  ];
}

const requests = (count: number, resource: string, operation: string, result: string, reason: string) =>
  perMinute(count, { resource, operation, result, reason });

/** Some bounds in seconds around the observations. */
const buildBounds = [30, 60, 120, 300, 600];
const builds = (decision: string, phase: string, perBound: Readonly<Record<number, number>>) =>
  histogram('build_duration_seconds', buildBounds, { decision, phase }, perBound);

/** The counts of each replica per minute; each counts all finished Builds. */
const metrics: readonly (readonly [name: string, series: Series])[] = [
  ['admission_requests_total', requests(3, 'builds', 'CREATE', 'patched', 'continued')],
  ['admission_requests_total', requests(1, 'builds', 'CREATE', 'patched', 'first_build')],
  ['admission_requests_total', requests(2, 'builds', 'UPDATE', 'unchanged', 'already_admitted')],
  ['admission_requests_total', requests(1, 'buildconfigs', 'UPDATE', 'failed', 'deadline_exceeded')],
  ...histogram(
    'admission_duration_seconds',
    [0.0005, 0.001, 0.025, 0.05],
    { resource: 'builds', operation: 'CREATE' },
    { 0.001: 4, 0.05: 3 },
  ),
  ['build_decisions_total', perMinute(3, { decision: 'incremental', reason: 'continued' })],
  ['build_decisions_total', perMinute(1, { decision: 'full', reason: 'first_build' })],
  ...builds('incremental', 'Complete', { 60: 2 }),
  ...builds('incremental', 'Failed', { 30: 1 }),
  ...builds('full', 'Complete', { 300: 1 }),
  ...builds('full', 'Failed', {}),
  // 310 a minute are 31 hours in six.
  ['seconds_saved_total', perMinute(310)],
  ['certificate_not_after_seconds', constant(now + 40 * 86_400)],
  ['history_synced', constant(1)],
  ['history_build_configs', constant(12)],
];

/**
 * Returns six hours of two replicas, scraped each minute, in the OpenMetrics text format. Halfway, a rollout replaces
 * both and their counters restart, so a query of one replica's count for the whole time gets only half of it.
 */
export function pastOfReplicas(): string {
  const rollouts = [
    ['a', 'b'],
    ['c', 'd'],
  ];
  const lines = metrics.flatMap(([name, series]) =>
    rollouts.flatMap((pods, rollout) => pods.flatMap((pod) => samples(name, series, pod, rollout))),
  );
  return [...lines, '# EOF', ''].join('\n');
}

function samples(name: string, { labels, valueAt }: Series, pod: string, rollout: number): readonly string[] {
  const where = { namespace: 's2i-incremental', job: 's2i-incremental-webhook', pod };
  const text = Object.entries({ ...labels, ...where }).map(([label, value]) => `${label}="${value}"`);
  const start = now - (2 - rollout) * life * 60;
  return Array.from({ length: life + 1 }, (_, minute) => {
    return `s2i_incremental_${name}{${text.join()}} ${valueAt(minute)} ${start + minute * 60}`;
  }).slice(0, rollout === 0 ? -1 : undefined);
}
