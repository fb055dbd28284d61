type Series = Readonly<Record<string, string>>;

/** What Prometheus has recorded, one sample a minute in promtool's notation, and whether an alert fires. */
export interface AlertCase {
  readonly alert: string;
  readonly when: string;
  readonly series: Series;
  /** The times of evaluation, from the first sample. */
  readonly at: readonly string[];
  /** Its labels besides severity and namespace, and the texts in its description; undefined: no alert. */
  readonly raises?: { readonly labels?: Series; readonly fills?: readonly string[] };
}

const own = 'namespace="s2i-incremental"';
const days = 86_400;
const certificate = `s2i_incremental_certificate_not_after_seconds{${own},pod="a"}`;
const synced = (pod: string, namespace = own) => `s2i_incremental_history_synced{${namespace},pod="${pod}"}`;
const available = `kube_deployment_status_replicas_available{${own},deployment="s2i-incremental-webhook"}`;
const up = (pod: string) => `up{${own},job="s2i-incremental-webhook",pod="${pod}"}`;
const failed = (pod: string) =>
  `s2i_incremental_admission_requests_total{${own},pod="${pod}",result="failed",reason="deadline_exceeded"}`;

const decided = (pod: string, reason: string) =>
  `s2i_incremental_build_decisions_total{${own},pod="${pod}",decision="full",reason="${reason}"}`;

/** Returns ten requests a minute, all between two bounds. */
function latencies(pod: string, slowest: number): Series {
  return Object.fromEntries(
    [0.5, 1, 2, Infinity].map((bound) => [
      `s2i_incremental_admission_duration_seconds_bucket{${own},pod="${pod}",le="${bound === Infinity ? '+Inf' : bound}"}`,
      bound < slowest ? '0x30' : '0+10x30',
    ]),
  );
}

/** Returns the finished Builds by phase, counted by both replicas. */
function ended(decision: string, counts: Readonly<Record<string, number>>): Series {
  const entries = Object.entries(counts).flatMap(([phase, count]) =>
    ['a', 'b'].map((pod) => [
      `s2i_incremental_build_duration_seconds_count{${own},pod="${pod}",decision="${decision}",phase="${phase}"}`,
      `0x5 ${count}x40`,
    ]),
  );
  return Object.fromEntries(entries) as Series;
}

/** Cases for each alert: firing and silent. */
export const alertCases: readonly AlertCase[] = [
  { alert: 'S2IIncrementalDown', when: 'no replica is scraped', series: {}, at: ['5m'], raises: {} },
  {
    alert: 'S2IIncrementalDown',
    when: 'only that of another namespace is scraped',
    series: { [synced('a', 'namespace="other"')]: '1x10' },
    at: ['5m'],
    raises: {},
  },
  { alert: 'S2IIncrementalDown', when: 'none was for a short time', series: {}, at: ['4m'] },
  { alert: 'S2IIncrementalDown', when: 'one is', series: { [synced('a')]: '0x10' }, at: ['10m'] },

  {
    alert: 'S2IIncrementalNotReady',
    when: 'no pod is available',
    series: { [available]: '0x10' },
    at: ['5m'],
    raises: { labels: { deployment: 's2i-incremental-webhook' } },
  },
  { alert: 'S2IIncrementalNotReady', when: 'one pod is', series: { [available]: '1x10' }, at: ['10m'] },
  { alert: 'S2IIncrementalNotReady', when: 'there is no kube-state-metrics', series: {}, at: ['10m'] },

  {
    alert: 'S2IIncrementalReplicaDown',
    when: 'one of two does not answer',
    series: { [up('a')]: '0x20', [up('b')]: '1x20' },
    at: ['10m'],
    raises: { labels: { job: 's2i-incremental-webhook', pod: 'a' }, fills: ['a'] },
  },
  {
    alert: 'S2IIncrementalReplicaDown',
    when: 'it answers again',
    series: { [up('a')]: '0x8 1x10' },
    at: ['8m', '10m', '15m'],
  },

  {
    alert: 'S2IIncrementalCertificateNotRenewed',
    when: 'one replica has less than 7 days',
    series: { [certificate]: `${6 * days}x20`, [certificate.replace('"a"', '"b"')]: `${60 * days}x20` },
    at: ['20m'],
    raises: { fills: ['5d 23h 40m 0s'] },
  },
  {
    alert: 'S2IIncrementalCertificateNotRenewed',
    when: 'there are 8 days, or it is renewed in time',
    series: { [certificate]: `${8 * days}x20 ${90 * days}x20` },
    at: ['20m', '40m'],
  },
  {
    alert: 'S2IIncrementalCertificateNotRenewed',
    when: 'a replica that starts has none yet',
    series: { [certificate]: '0x20' },
    at: ['20m'],
  },
  {
    alert: 'S2IIncrementalCertificateExpiring',
    when: 'there is less than a day',
    series: { [certificate]: `${days - 3600}x5` },
    at: ['1m'],
    raises: { fills: ['22h 59m 0s'] },
  },
  {
    alert: 'S2IIncrementalCertificateExpiring',
    when: 'it has expired',
    series: { [certificate]: '60x5' },
    at: ['5m'],
    raises: { fills: ['-4m 0s'] },
  },
  {
    alert: 'S2IIncrementalCertificateExpiring',
    when: 'there are two days, or none yet',
    series: { [certificate]: `${2 * days}x5`, [certificate.replace('"a"', '"b"')]: '0x5' },
    at: ['5m'],
  },

  {
    alert: 'S2IIncrementalAdmissionsFailing',
    when: 'one in a minute fails at each replica',
    series: { [failed('a')]: '0+1x40', [failed('b')]: '0+1x40' },
    at: ['31m'],
    raises: { labels: { reason: 'deadline_exceeded' }, fills: ['30', 'deadline_exceeded'] },
  },
  {
    alert: 'S2IIncrementalAdmissionsFailing',
    when: 'one failed once',
    series: { [failed('a')]: '0x10 1x40' },
    at: ['12m', '20m', '25m', '26m', '30m'],
  },

  {
    alert: 'S2IIncrementalAdmissionsSlow',
    when: 'all took between one second and two',
    series: latencies('a', 2),
    at: ['15m'],
    raises: { fills: ['1.99s'] },
  },
  { alert: 'S2IIncrementalAdmissionsSlow', when: 'all took less', series: latencies('a', 1), at: ['15m'] },

  {
    alert: 'S2IIncrementalHistoryNotSynced',
    when: 'one of two is not for a quarter of an hour',
    series: { [synced('a')]: '0x20', [synced('b')]: '1x20' },
    at: ['15m'],
    raises: { labels: { pod: 'a' }, fills: ['a'] },
  },
  {
    alert: 'S2IIncrementalHistoryNotSynced',
    when: 'it is after ten minutes',
    series: { [synced('a')]: '0x10 1x20' },
    at: ['10m', '15m', '25m'],
  },

  {
    alert: 'S2IIncrementalWrapperUnreachable',
    when: 'a Build is full for that at each replica',
    series: { [decided('a', 'wrapper_unreachable')]: '0x5 1x40', [decided('b', 'wrapper_unreachable')]: '0x7 1x40' },
    at: ['9m', '30m'],
    raises: { fills: ['2'] },
  },
  {
    alert: 'S2IIncrementalWrapperUnreachable',
    when: 'the last one was longer ago, or they are full for something else',
    series: { [decided('a', 'wrapper_unreachable')]: '0x5 1x90', [decided('a', 'wrapper_unavailable')]: '0+1x90' },
    at: ['5m', '40m', '90m'],
  },

  {
    alert: 'S2IIncrementalChainsFailing',
    when: 'a Build was full for that some hours ago',
    series: { [decided('a', 'continuing_fails')]: '0x5 1x500' },
    at: ['1h', '5h'],
    raises: { fills: ['1'] },
  },
  {
    alert: 'S2IIncrementalChainsFailing',
    when: 'it was longer ago, or the next one continued',
    series: { [decided('a', 'continuing_fails')]: '0x5 1x500', [decided('a', 'previous_failed')]: '0+1x500' },
    at: ['5m', '7h'],
  },

  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'half of the incremental ones fail, and no full one',
    series: { ...ended('incremental', { Complete: 4, Failed: 3, Error: 1 }), ...ended('full', { Complete: 3 }) },
    at: ['30m'],
    raises: { fills: ['50%'] },
  },
  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'most fail, and there is no full one',
    series: ended('incremental', { Complete: 2, Failed: 3 }),
    at: ['30m'],
    raises: { fills: ['60%'] },
  },
  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'full ones fail as often',
    series: { ...ended('incremental', { Complete: 5, Failed: 5 }), ...ended('full', { Complete: 2, Failed: 2 }) },
    at: ['30m'],
  },
  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'less than half fail, and there is no full one',
    series: ended('incremental', { Complete: 6, Failed: 4 }),
    at: ['30m'],
  },
  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'all fail, but they are few',
    series: { ...ended('incremental', { Failed: 4 }), ...ended('full', { Complete: 9 }) },
    at: ['30m'],
  },
  {
    alert: 'S2IIncrementalBuildsFailing',
    when: 'they were cancelled',
    series: { ...ended('incremental', { Complete: 5, Cancelled: 9 }), ...ended('full', { Complete: 9 }) },
    at: ['30m'],
  },
];
