import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildFailures } from '../../../src/openshift/build-failure.ts';
import { fullBuildRules } from '../../../src/policy/full-build-rules.ts';
import { registryResults } from '../../../src/registry/registry-error.ts';
import { type AdmissionRecord, createMetrics } from '../../../src/telemetry/metrics.ts';

const record: AdmissionRecord = {
  resource: 'builds',
  operation: 'CREATE',
  result: 'patched',
  reason: 'continued',
  decision: 'incremental',
  seconds: 0.003,
};

/** Returns the samples of one metric that differ from their initial values. */
async function samples(metrics: ReturnType<typeof createMetrics>, name: string): Promise<readonly string[]> {
  const beginning = new Set((await createMetrics().expose()).split('\n'));
  const lines = (await metrics.expose()).split('\n').filter((line) => !beginning.has(line));
  return lines
    .filter((line) => line.startsWith(`s2i_incremental_${name}`))
    .map((line) => line.slice('s2i_incremental_'.length));
}

describe('createMetrics', () => {
  it('has the metrics of docs/monitoring.md, each with type and HELP', async () => {
    const metrics = createMetrics();
    const lines = (await metrics.expose()).split('\n');
    const types = lines.filter((line) => line.startsWith('# TYPE ')).sort();
    assert.deepEqual(types, [
      '# TYPE s2i_incremental_admission_duration_seconds histogram',
      '# TYPE s2i_incremental_admission_requests_total counter',
      '# TYPE s2i_incremental_build_decisions_total counter',
      '# TYPE s2i_incremental_build_duration_seconds histogram',
      '# TYPE s2i_incremental_build_failures_total counter',
      '# TYPE s2i_incremental_build_info gauge',
      '# TYPE s2i_incremental_certificate_not_after_seconds gauge',
      '# TYPE s2i_incremental_history_build_configs gauge',
      '# TYPE s2i_incremental_history_synced gauge',
      '# TYPE s2i_incremental_registry_requests_total counter',
      '# TYPE s2i_incremental_seconds_saved_total counter',
    ]);
    const page = readFileSync(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(s2i_incremental_[a-z_]+)` /gm)].map(([, name]) => name).sort();
    assert.deepEqual(
      documented,
      types.map((type) => type.split(' ')[2]),
    );
    for (const type of types) {
      const name = type.split(' ')[2] ?? '';
      assert.match(name, /^s2i_incremental_[a-z_]+$/);
      assert.equal(lines.filter((line) => line.startsWith(`# HELP ${name} `) && line.endsWith('.')).length, 1, name);
    }
    assert.equal(metrics.contentType, 'text/plain; version=0.0.4; charset=utf-8');
  });

  it('counts requests and decisions', async () => {
    const metrics = createMetrics();
    metrics.recordAdmission(record);
    metrics.recordAdmission(record);
    metrics.recordAdmission({ ...record, reason: 'first_build', decision: 'full' });
    metrics.recordAdmission({
      resource: 'buildconfigs',
      operation: 'UPDATE',
      result: 'unchanged',
      reason: 'nothing_to_do',
      decision: undefined,
      seconds: 0.0001,
    });
    assert.deepEqual(await samples(metrics, 'admission_requests_total'), [
      'admission_requests_total{resource="builds",operation="CREATE",result="patched",reason="continued"} 2',
      'admission_requests_total{resource="builds",operation="CREATE",result="patched",reason="first_build"} 1',
      'admission_requests_total{resource="buildconfigs",operation="UPDATE",result="unchanged",reason="nothing_to_do"} 1',
    ]);
    assert.deepEqual(await samples(metrics, 'build_decisions_total'), [
      'build_decisions_total{decision="full",reason="first_build"} 1',
      'build_decisions_total{decision="incremental",reason="continued"} 2',
    ]);
  });

  it('counts finished Builds and saved seconds', async () => {
    const metrics = createMetrics();
    metrics.recordBuild({
      decision: 'incremental',
      phase: 'Complete',
      failure: undefined,
      seconds: 12,
      savedSeconds: 48,
    });
    metrics.recordBuild({
      decision: 'incremental',
      phase: 'Complete',
      failure: undefined,
      seconds: 20,
      savedSeconds: 0,
    });
    metrics.recordBuild({ decision: 'full', phase: 'Failed', failure: 'assemble_failed', seconds: 7, savedSeconds: 0 });
    assert.deepEqual(await samples(metrics, 'seconds_saved_total'), ['seconds_saved_total 48']);
    assert.deepEqual(await samples(metrics, 'build_failures'), [
      'build_failures_total{decision="full",reason="assemble_failed"} 1',
    ]);
    const lines = await samples(metrics, 'build_duration_seconds');
    assert.deepEqual(
      lines.filter((line) => !line.includes('_bucket') || /le="(?:10|20|30)"/.test(line)),
      [
        'build_duration_seconds_bucket{le="20",decision="incremental",phase="Complete"} 2',
        'build_duration_seconds_bucket{le="30",decision="incremental",phase="Complete"} 2',
        'build_duration_seconds_sum{decision="incremental",phase="Complete"} 32',
        'build_duration_seconds_count{decision="incremental",phase="Complete"} 2',
        'build_duration_seconds_bucket{le="10",decision="full",phase="Failed"} 1',
        'build_duration_seconds_bucket{le="20",decision="full",phase="Failed"} 1',
        'build_duration_seconds_bucket{le="30",decision="full",phase="Failed"} 1',
        'build_duration_seconds_sum{decision="full",phase="Failed"} 7',
        'build_duration_seconds_count{decision="full",phase="Failed"} 1',
      ],
    );
  });

  it('counts requests to registries', async () => {
    const metrics = createMetrics();
    for (const result of ['present', 'timeout', 'present'] as const) metrics.recordRegistryRequest(result);
    assert.deepEqual(await samples(metrics, 'registry'), [
      'registry_requests_total{result="present"} 2',
      'registry_requests_total{result="timeout"} 1',
    ]);
  });

  it('ignores impossible durations', async () => {
    const metrics = createMetrics();
    const build = { decision: 'incremental', phase: 'Complete', failure: undefined } as const;
    metrics.recordBuild({ ...build, seconds: 60, savedSeconds: 999_939 });
    metrics.recordBuild({ ...build, seconds: 999_999, savedSeconds: 5 });
    metrics.recordBuild({ ...build, seconds: 60, savedSeconds: 7 });
    assert.deepEqual(await samples(metrics, 'seconds_saved_total'), ['seconds_saved_total 7']);
    assert.deepEqual(
      (await samples(metrics, 'build_duration_seconds')).filter((line) => !line.includes('_bucket')),
      [
        'build_duration_seconds_sum{decision="incremental",phase="Complete"} 120',
        'build_duration_seconds_count{decision="incremental",phase="Complete"} 2',
      ],
    );
  });

  it('starts series for alerts at 0', async () => {
    const lines = (await createMetrics().expose())
      .split('\n')
      .filter((line) => / 0$/.test(line) && !/_bucket|_sum/.test(line));
    const phases = ['Complete', 'Failed', 'Error', 'Cancelled'];
    const failed = ['builds', 'buildconfigs'].flatMap((resource) =>
      ['CREATE', 'UPDATE'].flatMap((operation) =>
        ['internal_error', 'deadline_exceeded'].map(
          (reason) =>
            `admission_requests_total{resource="${resource}",operation="${operation}",result="failed",reason="${reason}"} 0`,
        ),
      ),
    );
    const full = fullBuildRules.map(({ code }) => code);
    assert.deepEqual(
      lines.map((line) => line.replace('s2i_incremental_', '')),
      [
        ...failed,
        ...full.map((reason) => `build_decisions_total{decision="full",reason="${reason}"} 0`),
        'build_decisions_total{decision="incremental",reason="continued"} 0',
        ...['incremental', 'full', 'unrecorded'].flatMap((decision) =>
          phases.map((phase) => `build_duration_seconds_count{decision="${decision}",phase="${phase}"} 0`),
        ),
        ...['incremental', 'full', 'unrecorded'].flatMap((decision) =>
          buildFailures.map((reason) => `build_failures_total{decision="${decision}",reason="${reason}"} 0`),
        ),
        'seconds_saved_total 0',
        ...registryResults.map((result) => `registry_requests_total{result="${result}"} 0`),
        'certificate_not_after_seconds 0',
        'history_synced 0',
        'history_build_configs 0',
      ],
    );
  });

  it('measures durations in buckets', async () => {
    const metrics = createMetrics();
    for (const seconds of [0.0005, 0.003, 0.5, 5]) metrics.recordAdmission({ ...record, seconds });
    const bounds: readonly [bound: string, count: number][] = [
      ['0.0005', 1],
      ['0.001', 1],
      ['0.0025', 1],
      ['0.005', 2],
      ['0.01', 2],
      ['0.025', 2],
      ['0.05', 2],
      ['0.1', 2],
      ['0.25', 2],
      ['0.5', 3],
      ['1', 3],
      ['2', 3],
      ['3', 3],
      ['+Inf', 4],
    ];
    assert.deepEqual(await samples(metrics, 'admission_duration_seconds'), [
      ...bounds.map(
        ([bound, count]) =>
          `admission_duration_seconds_bucket{le="${bound}",resource="builds",operation="CREATE"} ${count}`,
      ),
      'admission_duration_seconds_sum{resource="builds",operation="CREATE"} 5.5035',
      'admission_duration_seconds_count{resource="builds",operation="CREATE"} 4',
    ]);
  });

  it('uses one label value for everything unknown', async () => {
    const metrics = createMetrics();
    const unknown = { result: 'unchanged', reason: 'resource_unsupported', decision: undefined } as const;
    for (const [resource, operation] of [
      ['pods', 'PATCH'],
      ['__proto__', ''],
      ['x"\n', 'create'],
    ] as const) {
      metrics.recordAdmission({ ...record, ...unknown, resource, operation });
    }
    metrics.recordAdmission({ ...record, ...unknown, resource: 'pods', operation: 'DELETE' });
    assert.deepEqual(await samples(metrics, 'admission_requests_total'), [
      'admission_requests_total{resource="other",operation="other",result="unchanged",reason="resource_unsupported"} 3',
      'admission_requests_total{resource="other",operation="DELETE",result="unchanged",reason="resource_unsupported"} 1',
    ]);
  });

  it('returns the expiry of the certificate in seconds', async () => {
    const metrics = createMetrics();
    metrics.recordCertificate(Date.parse('2027-01-31T12:00:00Z'));
    assert.deepEqual(await samples(metrics, 'certificate_not_after_seconds'), [
      'certificate_not_after_seconds 1801396800',
    ]);
  });

  it('uses a registry of its own', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.recordAdmission(record);
    assert.equal((await samples(one, 'admission_requests_total')).length, 1);
    assert.deepEqual(await samples(other, 'admission_requests_total'), []);
  });
});
