import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Admission, type AdmitDependencies, admit } from '../../../src/admission/admit.ts';
import { type BuildHistory, createHistorySource } from '../../../src/admission/history-source.ts';
import { decodeReview } from '../../../src/admission/review.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { IssuedTags } from '../../../src/history/issued-tags.ts';
import { createMemoryHistory } from '../../../src/history/memory-history.ts';
import type { AdmissionRequest } from '../../../src/policy/eligibility.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { type AdmissionRecord, createMetrics } from '../../../src/telemetry/metrics.ts';
import { createAdmissionReporter } from '../../../src/telemetry/report-admission.ts';
import { exampleBuild, exampleBuildConfig, reviewOf } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { buildPlan, previousBuild } from '../mutations/example-plan.ts';

const request: AdmissionRequest = {
  uid: 'u',
  resource: { group: 'build.openshift.io', resource: 'builds' },
  subResource: '',
  operation: 'CREATE',
  namespace: 'test',
  name: 'api-1',
  dryRun: false,
  namespaceOptedIn: false,
  object: {},
  oldObject: null,
};
const patch = [{ op: 'add', path: '/a', value: 1 }];
const known = { uid: 'u', resource: 'builds', operation: 'CREATE', namespace: 'test', name: 'api-1' };
const counted = { resource: 'builds', operation: 'CREATE', seconds: 0.0126 };
const previous = previousBuild({ name: 'api-0', number: 0, image: 'harbor.example.com/team/app:1' });

/** Reports an admission; returns the logged lines without time, and the counted metrics. */
function report(admission: Admission, given = request) {
  const texts: string[] = [];
  const records: AdmissionRecord[] = [];
  const logger = createLogger({ level: 'trace', format: 'json' }, { write: (text) => void texts.push(text) });
  const metrics = { ...createMetrics(), recordAdmission: (record: AdmissionRecord) => void records.push(record) };
  createAdmissionReporter(logger, metrics)(given, admission, 12.6);
  const lines = texts.map((text) => {
    const { time, error, ...line } = JSON.parse(text) as Record<string, unknown>;
    return error === undefined ? line : { ...line, error: (error as { message: string }).message };
  });
  return { lines, records, text: texts.join('') };
}

describe('createAdmissionReporter', () => {
  const rows: readonly [title: string, admission: Admission, line: object, record: object][] = [
    [
      'a full build',
      { plan: buildPlan(), patch },
      { level: 'info', ...known, decision: 'full', reason: 'first_build', milliseconds: 13, message: 'admitted' },
      { result: 'patched', reason: 'first_build', decision: 'full' },
    ],
    [
      'an incremental build with a tag',
      {
        plan: buildPlan(
          { output: { kind: 'DockerImage', name: 'harbor.example.com/team/app:2' } },
          { decision: 'incremental', reason: 'continued', previous },
        ),
        patch,
      },
      {
        level: 'info',
        ...known,
        decision: 'incremental',
        reason: 'continued',
        previousBuild: 'api-0',
        from: 'harbor.example.com/team/app:1',
        output: 'harbor.example.com/team/app:2',
        milliseconds: 13,
        message: 'admitted',
      },
      { result: 'patched', reason: 'continued', decision: 'incremental' },
    ],
    [
      'a Build without history',
      {
        plan: buildPlan({}, { decision: 'full', reason: 'history_unavailable', previous: undefined }),
        patch,
        failures: [{ source: 'history', error: new Error('refused') }],
      },
      {
        level: 'warn',
        ...known,
        decision: 'full',
        reason: 'history_unavailable',
        milliseconds: 13,
        error: 'refused',
        missing: ['history'],
        message: 'admitted, but some lookups failed',
      },
      { result: 'patched', reason: 'history_unavailable', decision: 'full' },
    ],
    [
      'a skipped object',
      { plan: { kind: 'skip', reason: 'not_opted_in', warnings: [] }, patch: [] },
      { level: 'debug', ...known, reason: 'not_opted_in', milliseconds: 13, message: 'skipped' },
      { result: 'unchanged', reason: 'not_opted_in', decision: undefined },
    ],
    [
      'a restored record',
      { plan: { kind: 'restore', reason: 'annotations_restored', annotations: {}, warnings: [] }, patch },
      { level: 'info', ...known, reason: 'annotations_restored', milliseconds: 13, message: 'restored' },
      { result: 'patched', reason: 'annotations_restored', decision: undefined },
    ],
    [
      'a clone of a BuildConfig that opted out',
      { plan: { kind: 'skip', reason: 'build_config_opted_out', warnings: [] }, patch },
      { level: 'info', ...known, reason: 'build_config_opted_out', milliseconds: 13, message: 'restored' },
      { result: 'patched', reason: 'build_config_opted_out', decision: undefined },
    ],
    [
      'an internal error',
      { plan: { kind: 'skip', reason: 'internal_error', warnings: ['x'] }, patch: [], error: new Error('bug') },
      {
        level: 'error',
        ...known,
        reason: 'internal_error',
        milliseconds: 13,
        error: 'bug',
        message: 'admission failed, object passed unmodified',
      },
      { result: 'failed', reason: 'internal_error', decision: undefined },
    ],
    [
      'an exceeded deadline',
      {
        plan: { kind: 'skip', reason: 'deadline_exceeded', warnings: [] },
        patch: [],
        failures: [{ source: 'history', error: new Error('timeout') }],
      },
      {
        level: 'warn',
        ...known,
        reason: 'deadline_exceeded',
        milliseconds: 13,
        missing: ['history'],
        error: 'timeout',
        message: 'admission deadline exceeded, object passed unmodified',
      },
      { result: 'failed', reason: 'deadline_exceeded', decision: undefined },
    ],
    [
      'an exceeded deadline without an error',
      { plan: { kind: 'skip', reason: 'deadline_exceeded', warnings: [] }, patch: [] },
      {
        level: 'warn',
        ...known,
        reason: 'deadline_exceeded',
        milliseconds: 13,
        message: 'admission deadline exceeded, object passed unmodified',
      },
      { result: 'failed', reason: 'deadline_exceeded', decision: undefined },
    ],
  ];
  for (const [title, admission, line, record] of rows) {
    it(`logs ${title}`, () => {
      const { lines, records } = report(admission);
      assert.deepEqual(lines, [line]);
      assert.deepEqual(records, [{ ...counted, ...record }]);
    });
  }

  it('marks a dry run', () => {
    const { lines } = report(
      { plan: { kind: 'skip', reason: 'nothing_to_do', warnings: [] }, patch: [] },
      { ...request, dryRun: true },
    );
    assert.deepEqual(lines, [
      { level: 'debug', ...known, dryRun: true, reason: 'nothing_to_do', milliseconds: 13, message: 'skipped' },
    ]);
  });

  it('counts an unmodified Build as unchanged', () => {
    assert.deepEqual(
      report({ plan: buildPlan(), patch: [] }).records.map(({ result }) => result),
      ['unchanged'],
    );
  });
});

describe('createAdmissionReporter, env values', () => {
  const secret = 'hunter2-of-nobody-else';
  const variables = [
    { name: 'TOKEN', value: secret },
    { name: 'URL', value: `https://u:${secret}@example.com` },
  ];
  const patchWith = { spec: { strategy: { sourceStrategy: { env: variables } } } };
  const config = parseConfig(
    `assemble: {wrapper: false, profiles: {python: {match: "", env: {PROFILE: ${secret}}}}}`,
    {},
  );
  const histories: readonly [title: string, history: BuildHistory][] = [
    ['a history', createMemoryHistory(() => [])],
    ['a history that fails', { read: () => Promise.reject(new Error('refused')) }],
    ['a history that is broken', { read: () => Promise.resolve({} as never) }],
  ];
  for (const [title, history] of histories) {
    it(`are never logged, with ${title}`, async () => {
      const dependencies: AdmitDependencies = {
        config,
        factSources: [createHistorySource(history)],
        issuedTags: new IssuedTags(),
        scriptsVersion: '0123456789ab',
        clock: () => testNow,
      };
      const objects = [
        exampleBuild(patchWith),
        exampleBuildConfig(patchWith),
        exampleBuild({ ...patchWith, metadata: { labels: null } }),
      ];
      for (const object of objects) {
        const { request: decoded } = decodeReview(reviewOf(object));
        const admission = await admit(decoded, testNow + 1_000, dependencies);
        const { lines, text } = report(admission, decoded);
        assert.equal(lines.length, 1);
        assert.ok(!text.includes(secret), text);
        assert.ok(!admission.plan.warnings.join().includes(secret));
      }
    });
  }
});
