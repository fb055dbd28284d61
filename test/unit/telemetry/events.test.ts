import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Admission } from '../../../src/admission/admit.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import type { AdmissionRequest } from '../../../src/policy/eligibility.ts';
import type { SkipReason } from '../../../src/policy/reasons.ts';
import { createEventRecorder } from '../../../src/telemetry/events.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { buildConfigPlan, buildPlan, previousBuild } from '../mutations/example-plan.ts';

const request: AdmissionRequest = {
  uid: 'u',
  resource: { group: 'build.openshift.io', resource: 'builds' },
  subResource: '',
  operation: 'CREATE',
  namespace: 'test',
  name: 'api-1',
  dryRun: false,
  namespaceOptedIn: false,
  object: exampleBuild(),
  oldObject: null,
};
const previous = previousBuild({ name: 'api-0', number: 0, image: 'harbor.example.com/team/app@sha256:1' });
const full: Admission = { plan: buildPlan(), patch: [] };

function recorder(post = (_namespace: string, _event: JsonObject) => Promise.resolve()) {
  const posted: [namespace: string, event: JsonObject][] = [];
  const failures: unknown[] = [];
  const record = createEventRecorder({
    post: (namespace, event) => {
      posted.push([namespace, event]);
      return post(namespace, event);
    },
    clock: () => testNow,
    uniqueSuffix: () => 'abc',
    onFailure: (error) => failures.push(error),
  });
  return { record, posted, failures };
}

function eventsOf(admission: Admission, changes: Partial<AdmissionRequest> = {}): readonly JsonObject[] {
  const { record, posted } = recorder();
  record({ ...request, ...changes }, admission);
  return posted.map(([, event]) => event);
}

describe('createEventRecorder', () => {
  it('stores an Event on the BuildConfig', () => {
    const { record, posted } = recorder();
    record(request, full);
    assert.deepEqual(posted, [
      [
        'test',
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: `api.${testNow.toString(16)}abc`, namespace: 'test' },
          involvedObject: {
            apiVersion: 'build.openshift.io/v1',
            kind: 'BuildConfig',
            namespace: 'test',
            name: 'api',
            uid: 'ad3f6f43-23ca-45af-a9d3-5351bbf9e17e',
          },
          type: 'Normal',
          reason: 'FullBuild',
          message: 'api-1 is a full build: it is the first Build since its BuildConfig opted in (first_build).',
          firstTimestamp: '2026-01-31T12:00:00Z',
          lastTimestamp: '2026-01-31T12:00:00Z',
          count: 1,
          source: { component: 's2i-incremental-webhook' },
          reportingComponent: 's2i-incremental-webhook',
          reportingInstance: '',
        },
      ],
    ]);
  });

  const skip = (reason: SkipReason): Admission => ({ plan: { kind: 'skip', reason, warnings: [] }, patch: [] });
  const rows: readonly [title: string, admission: Admission, expected: JsonObject][] = [
    [
      'that continues',
      { plan: buildPlan({}, { decision: 'incremental', reason: 'continued', previous }), patch: [] },
      {
        type: 'Normal',
        reason: 'IncrementalBuild',
        message: 'api-1 continues from the image of api-0, harbor.example.com/team/app@sha256:1.',
      },
    ],
    [
      'that continues in a chain that saves nothing',
      {
        plan: buildPlan(
          { savesNothing: { full: 40, incremental: 41 } },
          { decision: 'incremental', reason: 'continued', previous },
        ),
        patch: [],
      },
      {
        type: 'Normal',
        reason: 'IncrementalSavesNothing',
        message:
          'Incremental builds save nothing: 41 s instead of 40 s. ' +
          'api-1 continues from the image of api-0, harbor.example.com/team/app@sha256:1.',
      },
    ],
    [
      'skipped for its strategy',
      skip('strategy_unsupported'),
      {
        type: 'Normal',
        reason: 'SkippedBuild',
        message: 'api-1 is unmodified: only Builds with Source strategy can be incremental (strategy_unsupported).',
      },
    ],
    [
      'that the webhook failed on',
      skip('internal_error'),
      {
        type: 'Warning',
        reason: 'SkippedBuild',
        message: 'api-1 is unmodified: the webhook had an internal error (internal_error).',
      },
    ],
    [
      'that exceeded the deadline',
      skip('deadline_exceeded'),
      {
        type: 'Warning',
        reason: 'SkippedBuild',
        message: 'api-1 is unmodified: the webhook exceeded its deadline (deadline_exceeded).',
      },
    ],
    [
      'that clones one from before its BuildConfig opted out',
      skip('build_config_opted_out'),
      {
        type: 'Normal',
        reason: 'SkippedBuild',
        message:
          'api-1 is unmodified: its BuildConfig has opted out since the Build it clones (build_config_opted_out).',
      },
    ],
  ];
  for (const [title, admission, expected] of rows) {
    it(`reports a Build ${title}`, () => {
      const [event, ...more] = eventsOf(admission);
      assert.deepEqual(more, []);
      assert.deepEqual({ type: event?.['type'], reason: event?.['reason'], message: event?.['message'] }, expected);
    });
  }

  const silent: readonly [title: string, admission: Admission, changes?: Partial<AdmissionRequest>][] = [
    ['a dry run', full, { dryRun: true }],
    ['an update', full, { operation: 'UPDATE' }],
    ['a Build without BuildConfig', full, { object: exampleBuild({ metadata: { ownerReferences: null } }) }],
    ['what is no object', full, { object: null }],
    ['a namespace that would lead elsewhere', full, { namespace: '../../nodes#' }],
    ['no namespace', full, { namespace: '' }],
    ['a Build whose name is a message', full, { object: exampleBuild({ metadata: { name: 'visit http://x' } }) }],
    ['a request for a name that is none', full, { name: 'A B' }],
    [
      'a BuildConfig whose name is a path',
      full,
      { object: exampleBuild({ metadata: { annotations: { 'openshift.io/build-config.name': '../x' } } }) },
    ],
    ['a BuildConfig', { plan: buildConfigPlan(), patch: [] }],
    ['a Build that did not opt in', skip('not_opted_in')],
    ['a Build that was admitted before', skip('already_admitted')],
    ['nothing to do', skip('nothing_to_do')],
  ];
  for (const [title, admission, changes] of silent) {
    it(`ignores ${title}`, () => {
      assert.deepEqual(eventsOf(admission, changes), []);
    });
  }

  it('limits name and message for the API server', () => {
    const long = { ...previous, image: `harbor.example.com/${'x'.repeat(2_000)}` };
    const object = exampleBuild({
      metadata: { annotations: { 'openshift.io/build-config.name': 'b'.repeat(253) } },
    });
    const plan = buildPlan({}, { decision: 'incremental', reason: 'continued', previous: long });
    const [event] = eventsOf({ plan, patch: [] }, { object });
    assert.ok(String((event?.['metadata'] as JsonObject)['name']).length <= 253);
    assert.equal(String(event?.['message']).length, 1_024);
  });

  it('stores a small Event for a large Build', () => {
    const long = 'x'.repeat(3_000_000);
    const ownerReferences = [{ kind: 'BuildConfig', name: 'api', uid: 'u'.repeat(64) }];
    const object = exampleBuild({ apiVersion: long, metadata: { ownerReferences } });
    const [event] = eventsOf(full, { object });
    assert.deepEqual(event?.['involvedObject'], {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      namespace: 'test',
      name: 'api',
      uid: 'u'.repeat(64),
    });
    assert.ok(JSON.stringify(event).length < 2_000);
    const [legacy] = eventsOf(full, { resource: { group: '', resource: 'builds' } });
    assert.equal((legacy?.['involvedObject'] as JsonObject)['apiVersion'], 'v1');
    const owner = { kind: 'BuildConfig', name: 'api', uid: long };
    assert.deepEqual(eventsOf(full, { object: exampleBuild({ metadata: { ownerReferences: [owner] } }) }), []);
  });

  it('ignores the 26th Build in a row', () => {
    const { record, posted } = recorder();
    for (let index = 0; index < 30; index += 1) record(request, full);
    assert.equal(posted.length, 25);
  });

  it('stores 100 at once and 20 a second for all BuildConfigs', () => {
    let now = testNow;
    const posted: JsonObject[] = [];
    const record = createEventRecorder({
      post: (_namespace, event) => {
        posted.push(event);
        return { catch: () => ({ finally: (done: () => void) => done() }) } as never;
      },
      clock: () => now,
      uniqueSuffix: () => '',
      onFailure: () => undefined,
    });
    const rounds = [0, 1_000, 2_500].map((later) => {
      now = testNow + later;
      const before = posted.length;
      for (let index = 0; index < 200; index += 1) {
        const owner = { kind: 'BuildConfig', name: 'api', uid: `${later}-${index}` };
        record({ ...request, object: exampleBuild({ metadata: { ownerReferences: [owner] } }) }, full);
      }
      return posted.length - before;
    });
    assert.deepEqual(rounds, [100, 20, 30]);
  });

  it('drops Events while 32 are being sent, and reports a failure', async () => {
    const answer = Promise.withResolvers<undefined>();
    const { record, posted, failures } = recorder(() => answer.promise.then(() => undefined));
    const of = (uid: string) => ({
      ...request,
      object: exampleBuild({ metadata: { ownerReferences: [{ kind: 'BuildConfig', name: 'api', uid }] } }),
    });
    for (let index = 0; index < 40; index += 1) record(of(String(index)), full);
    assert.equal(posted.length, 32);
    answer.reject(new Error('forbidden'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      failures.map((error) => (error as Error).message),
      Array<string>(32).fill('forbidden'),
    );
    record(of('41'), full);
    assert.equal(posted.length, 33);
  });
});
