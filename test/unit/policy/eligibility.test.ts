import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AdmissionRequest, checkEligibility } from '../../../src/policy/eligibility.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../../helpers/fixtures.ts';

const build = exampleBuild();
const buildConfig = exampleBuildConfig();

function requestOf(changes: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    uid: 'u',
    resource: { group: 'build.openshift.io', resource: 'builds' },
    subResource: '',
    operation: 'CREATE',
    namespace: 'test',
    name: 'api-1',
    dryRun: false,
    namespaceOptedIn: false,
    object: build,
    oldObject: null,
    ...changes,
  };
}

const buildConfigs = { group: 'build.openshift.io', resource: 'buildconfigs' };
const strategyWarning =
  'label s2i-incremental.io/enabled has no effect: only Builds with Source strategy can be incremental';

function enabledAs(value: unknown) {
  return exampleBuild({ metadata: { labels: { 's2i-incremental.io/enabled': value } } });
}

/** Returns a BuildConfig with an origin and without the label. */
function left(patch: JsonObject = {}) {
  const without = {
    metadata: {
      labels: { 's2i-incremental.io/enabled': null },
      annotations: { 's2i-incremental.io/origin': 'whatever it says' },
    },
  };
  return merge(exampleBuildConfig(without), patch) as JsonObject;
}

function skip(reason: string, ...warnings: readonly string[]) {
  return { kind: 'skip', reason, warnings };
}

describe('checkEligibility', () => {
  const rows: [title: string, changes: Partial<AdmissionRequest>, expected: unknown][] = [
    ['another resource', { resource: { group: 'build.openshift.io', resource: 'pods' } }, skip('resource_unsupported')],
    ['another group', { resource: { group: 'builds.example.com', resource: 'builds' } }, skip('resource_unsupported')],
    ['a subresource', { subResource: 'instantiate' }, skip('resource_unsupported')],
    [
      'a subresource of BuildConfigs',
      { resource: buildConfigs, object: buildConfig, subResource: 'instantiate' },
      skip('resource_unsupported'),
    ],
    ['DELETE', { operation: 'DELETE' }, skip('nothing_to_do')],
    ['CONNECT', { operation: 'CONNECT' }, skip('nothing_to_do')],
    ['no operation', { operation: '' }, skip('nothing_to_do')],
    ['no object', { object: null }, skip('nothing_to_do')],
    ['an object that is a list', { object: [build] }, skip('nothing_to_do')],
    ['an object that is a text', { object: 'Build' }, skip('nothing_to_do')],
    ['no label', { object: enabledAs(null) }, skip('not_opted_in')],
    ['no metadata', { object: {} }, skip('not_opted_in')],
    ['the label false', { object: enabledAs('false') }, skip('not_opted_in')],
    ['a label that is no text', { object: enabledAs(true) }, skip('not_opted_in')],
    [
      'an unsupported value of the label',
      { object: enabledAs('yes') },
      skip(
        'not_opted_in',
        'label s2i-incremental.io/enabled: unsupported value "yes", not opted in; allowed: true, false',
      ),
    ],
    [
      'an empty value of the label',
      { object: enabledAs('') },
      skip(
        'not_opted_in',
        'label s2i-incremental.io/enabled: unsupported value "", not opted in; allowed: true, false',
      ),
    ],
    [
      'another strategy',
      { object: exampleBuild({ spec: { strategy: { type: 'Docker', sourceStrategy: null, dockerStrategy: {} } } }) },
      skip('strategy_unsupported', strategyWarning),
    ],
    ['no spec', { object: exampleBuild({ spec: null }) }, skip('strategy_unsupported', strategyWarning)],
    [
      'a Build that was admitted under its name',
      { object: exampleBuild({ metadata: { annotations: { 's2i-incremental.io/admitted-as': 'api-1' } } }) },
      skip('already_admitted'),
    ],
    [
      'an update of a BuildConfig that changes its status',
      {
        resource: buildConfigs,
        operation: 'UPDATE',
        object: exampleBuildConfig({ status: { lastVersion: 9 } }),
        oldObject: buildConfig,
      },
      skip('nothing_to_do'),
    ],
    [
      'an update of the status of a BuildConfig that has an origin and is not opted in',
      {
        resource: buildConfigs,
        operation: 'UPDATE',
        object: left({ status: { lastVersion: 9 } }),
        oldObject: left(),
      },
      skip('nothing_to_do'),
    ],
    ['a Build with an origin that is not opted in', { object: left() }, skip('not_opted_in')],
    [
      'an update of a BuildConfig that never opted in',
      {
        resource: buildConfigs,
        operation: 'UPDATE',
        object: exampleBuildConfig({ metadata: { labels: { 's2i-incremental.io/enabled': null }, name: 'x' } }),
        oldObject: exampleBuildConfig({ metadata: { labels: { 's2i-incremental.io/enabled': null } } }),
      },
      skip('not_opted_in'),
    ],
    [
      'an update of a BuildConfig that changes its bookkeeping',
      {
        resource: buildConfigs,
        operation: 'UPDATE',
        object: exampleBuildConfig({ metadata: { resourceVersion: '9', generation: 9, managedFields: null } }),
        oldObject: buildConfig,
      },
      skip('nothing_to_do'),
    ],
  ];
  const unlabelled = { namespaceOptedIn: true, object: enabledAs(null) };
  rows.push(
    [
      'a Build that opted out by its label in a namespace that opted in',
      { ...unlabelled, object: enabledAs('false') },
      skip('nothing_to_do'),
    ],
    [
      'an object with the label that comes through the entry for namespaces',
      { ...unlabelled, object: build },
      skip('nothing_to_do'),
    ],
    [
      'another strategy in a namespace that opted in',
      { ...unlabelled, object: exampleBuild({ metadata: { labels: null }, spec: null }) },
      skip('strategy_unsupported'),
    ],
  );
  for (const [title, changes, expected] of rows) {
    it(`skips: ${title}`, () => {
      assert.deepEqual(checkEligibility(requestOf(changes)), expected);
    });
  }

  const eligible: readonly [title: string, changes: Partial<AdmissionRequest>][] = [
    ['a new Build', {}],
    ['a new Build in a namespace that opted in', unlabelled],
    [
      'an update of a Build in a namespace that opted in',
      { ...unlabelled, operation: 'UPDATE', oldObject: enabledAs(null) },
    ],
    ['an update of a Build', { operation: 'UPDATE', oldObject: build }],
    [
      'an update of a Build that removes its label',
      {
        operation: 'UPDATE',
        object: exampleBuild({ metadata: { labels: { 's2i-incremental.io/enabled': null } } }),
        oldObject: build,
      },
    ],
    [
      'an update of a Build that was admitted',
      {
        operation: 'UPDATE',
        object: exampleBuild({ metadata: { annotations: { 's2i-incremental.io/admitted-as': 'api-1' } } }),
        oldObject: build,
      },
    ],
    ['a new Build of the legacy group', { resource: { group: '', resource: 'builds' } }],
    [
      'a clone, admitted under another name',
      { object: exampleBuild({ metadata: { annotations: { 's2i-incremental.io/admitted-as': 'api-0' } } }) },
    ],
    ['a Build whose name is not generated yet', { object: exampleBuild({ metadata: { name: null } }), name: '' }],
    ['a new BuildConfig that is not opted in and has an origin', { resource: buildConfigs, object: left() }],
    [
      'a BuildConfig that loses label and origin',
      {
        resource: buildConfigs,
        operation: 'UPDATE',
        object: left({ metadata: { annotations: { 's2i-incremental.io/origin': null } } }),
        oldObject: left({ metadata: { labels: { 's2i-incremental.io/enabled': 'true' } } }),
      },
    ],
    [
      'a BuildConfig with an origin and another strategy',
      {
        resource: buildConfigs,
        object: left({
          metadata: { labels: { 's2i-incremental.io/enabled': 'true' } },
          spec: { strategy: { sourceStrategy: null } },
        }),
      },
    ],
    ['a new BuildConfig', { resource: buildConfigs, object: buildConfig }],
    [
      'a new BuildConfig of the legacy group',
      { resource: { group: '', resource: 'buildconfigs' }, object: buildConfig },
    ],
    [
      'a BuildConfig with the annotation of a Build',
      {
        resource: buildConfigs,
        object: exampleBuildConfig({ metadata: { annotations: { 's2i-incremental.io/admitted-as': 'api' } } }),
      },
    ],
    ...[
      { spec: { runPolicy: 'Parallel' } },
      { metadata: { labels: { more: 'x' } } },
      { metadata: { annotations: { 's2i-incremental.io/pull-secret': 'harbor' } } },
      { metadata: { labels: { 's2i-incremental.io/enabled': null } } },
    ].map((difference): [string, Partial<AdmissionRequest>] => [
      `an update of a BuildConfig from ${JSON.stringify(difference)}`,
      { resource: buildConfigs, operation: 'UPDATE', object: buildConfig, oldObject: exampleBuildConfig(difference) },
    ]),
    [
      'an update of a BuildConfig without its old form',
      { resource: buildConfigs, operation: 'UPDATE', object: buildConfig, oldObject: null },
    ],
  ];
  for (const [title, changes] of eligible) {
    it(`accepts: ${title}`, () => {
      const request = requestOf(changes);
      assert.deepEqual(checkEligibility(request), {
        kind: 'eligible',
        resource: request.resource.resource,
        operation: request.operation,
        object: request.object,
      });
    });
  }

  it('shortens a value of 100 KiB to one warning of 120 characters', () => {
    const answer = checkEligibility(requestOf({ object: enabledAs('x'.repeat(100_000)) }));
    assert.deepEqual(
      answer,
      skip(
        'not_opted_in',
        'label s2i-incremental.io/enabled: unsupported value "xxxxxxxxxxxxxxxxxxxxx...", not opted in; allowed: true, false',
      ),
    );
  });
});
