/**
 * Compares what the chart renders for each ci/NAME-values.yaml with a golden file. UPDATE_GOLDEN=1 npm run test:chart
 * writes them instead: read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { type JsonObject, arrayAt } from '../../src/openshift/json.ts';
import { chart, helm, installMode, installModes as modes, renderedObjects, template, theOnly } from './helm.ts';

const golden = new URL('golden/', import.meta.url);
const rewrite = process.env['UPDATE_GOLDEN'] === '1';
const defaults = installMode('self-signed');

describe('chart, golden manifests', () => {
  for (const mode of modes) {
    it(mode.name, async () => {
      const { status, stdout, stderr } = await template(mode);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      const file = new URL(`${mode.name}.yaml.golden`, golden);
      if (rewrite) writeFileSync(file, stdout);
      assert.ok(existsSync(file), `UPDATE_GOLDEN=1 npm run test:chart writes golden/${mode.name}.yaml.golden`);
      assert.equal(stdout, readFileSync(file, 'utf8'), 'if that is right, UPDATE_GOLDEN=1 npm run test:chart');
      assert.equal((await template(mode)).stdout, stdout, 'the same values twice give the same bytes');
    });

    it(`${mode.name}: lint`, async () => {
      const args = ['--strict', '--kube-version', mode.kubeVersion, '--values', mode.values];
      const { status, stdout } = await helm(['lint', chart, ...args]);
      const findings = stdout.split('\n').filter((line) => line.startsWith('['));
      assert.deepEqual({ status, findings }, { status: 0, findings: [] });
    });
  }

  it('exist for each ci values file, and no others', () => {
    assert.ok(modes.length > 0);
    assert.deepEqual(readdirSync(golden).sort(), modes.map(({ name }) => `${name}.yaml.golden`).sort());
  });
});

describe('chart, MutatingWebhookConfiguration', () => {
  const documented = parse(
    readFileSync(new URL('../../docs/registration.yaml', import.meta.url), 'utf8'),
  ) as JsonObject;
  /** Returns the entries, each with its path and its namespaces. */
  const entriesOf = (configuration: unknown) =>
    (arrayAt(configuration, 'webhooks') ?? []).map((webhook) => {
      const { clientConfig, namespaceSelector, ...entry } = webhook as JsonObject;
      return { clientConfig, namespaceSelector, entry };
    });

  it('equals docs/registration.yaml, except for address and namespaces', async () => {
    const entries = entriesOf(theOnly('MutatingWebhookConfiguration', await renderedObjects(defaults)));
    assert.deepEqual(
      entries.map(({ entry }) => entry),
      entriesOf(documented).map(({ entry }) => entry),
    );
    const service = { name: 's2i-incremental-webhook', namespace: 's2i-incremental' };
    assert.deepEqual(
      entries.map(({ clientConfig }) => clientConfig),
      [{ service: { ...service, path: '/mutate' } }, { service: { ...service, path: '/mutate/namespace' } }],
    );
    const own = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['s2i-incremental', 'kube-system'] };
    assert.deepEqual(
      entries.map(({ namespaceSelector }) => namespaceSelector),
      [{ matchExpressions: [own] }, { matchExpressions: [own], matchLabels: { 's2i-incremental.io/enabled': 'true' } }],
    );
  });

  it('has match conditions if the API server supports them, or if set', async () => {
    const hasConditions = async (kubeVersion: string, setting: string) => {
      const objects = await renderedObjects(
        { ...defaults, kubeVersion },
        '--set',
        `registration.matchConditions=${setting}`,
      );
      const entries = entriesOf(theOnly('MutatingWebhookConfiguration', objects));
      const conditions = new Set(entries.map(({ entry }) => 'matchConditions' in entry));
      assert.equal(conditions.size, 1, 'all entries have them or none');
      return conditions.has(true);
    };
    assert.deepEqual(
      {
        'auto, OpenShift 4.14': await hasConditions('v1.27.10+c79e5e2', 'auto'),
        'auto, OpenShift 4.15': await hasConditions('v1.28.5+c84a6b8', 'auto'),
        'true, 1.27': await hasConditions('v1.27.0', 'true'),
        'false, 1.34': await hasConditions('v1.34.0', 'false'),
      },
      { 'auto, OpenShift 4.14': false, 'auto, OpenShift 4.15': true, 'true, 1.27': true, 'false, 1.34': false },
    );
  });

  it('asks at each start of a Build only if set, for a second and without a selector of objects', async () => {
    const objects = await renderedObjects(defaults, '--set', 'registration.instantiate=true');
    const [, , added, ...more] = entriesOf(theOnly('MutatingWebhookConfiguration', objects));
    const service = { name: 's2i-incremental-webhook', namespace: 's2i-incremental', path: '/mutate/start-build' };
    const own = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['s2i-incremental', 'kube-system'] };
    assert.deepEqual(
      [added, more],
      [
        {
          clientConfig: { service },
          namespaceSelector: { matchExpressions: [own] },
          entry: {
            name: 'start-build.s2i-incremental.io',
            rules: [
              {
                apiGroups: ['build.openshift.io'],
                apiVersions: ['v1'],
                operations: ['CREATE'],
                resources: ['buildconfigs/instantiate'],
                scope: 'Namespaced',
              },
            ],
            failurePolicy: 'Ignore',
            timeoutSeconds: 1,
            sideEffects: 'None',
            reinvocationPolicy: 'Never',
            matchPolicy: 'Equivalent',
            admissionReviewVersions: ['v1', 'v1beta1'],
          },
        },
        [],
      ],
    );
  });

  it('has no later field for OpenShift 3.11', async () => {
    const more = ['--set', 'certificate.existing.caBundle=-----BEGIN CERTIFICATE-----'];
    const objects = await renderedObjects(installMode('openshift3'), ...more);
    const configuration = theOnly('MutatingWebhookConfiguration', objects);
    assert.equal(configuration.apiVersion, 'admissionregistration.k8s.io/v1beta1');
    assert.deepEqual(configuration['webhooks'], [
      {
        name: 'mutate.s2i-incremental.io',
        clientConfig: {
          service: { name: 's2i-incremental-webhook', namespace: 's2i-incremental', path: '/mutate' },
          caBundle: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'),
        },
        rules: [
          {
            apiGroups: ['', 'build.openshift.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['builds', 'buildconfigs'],
          },
        ],
        failurePolicy: 'Ignore',
      },
    ]);
  });
});
