import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrayAt } from '../../../src/openshift/json.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { installMode, release, renderedObjects } from '../helm.ts';
import type { ChartBed } from './chart-bed.ts';

const { name, namespace } = release;

/** The rights of the webhook's ServiceAccount, as the API server reports them. */
export function describeRights({ api, create }: ChartBed): void {
  describe('chart, rights', () => {
    /** Returns the rights of the ServiceAccount in a namespace beyond those of every user. */
    async function rulesIn(where: string): Promise<readonly unknown[]> {
      const { status, body } = await api.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: where } },
        headers: { 'Impersonate-User': `system:serviceaccount:${namespace}:${name}` },
      });
      assert.equal(status, 201);
      const everybodys = ['authorization.k8s.io', 'authentication.k8s.io'];
      return (arrayAt(body, 'status', 'resourceRules') ?? []).filter(
        (rule) => !(arrayAt(rule, 'apiGroups') ?? []).some((group) => everybodys.includes(String(group))),
      );
    }

    const builds = {
      verbs: ['get', 'list', 'watch'],
      apiGroups: ['build.openshift.io'],
      resources: ['builds', 'buildconfigs'],
    };
    const buildDefaults = {
      verbs: ['get'],
      apiGroups: ['config.openshift.io'],
      resources: ['builds'],
      resourceNames: ['cluster'],
    };
    const events = { verbs: ['create'], apiGroups: [''], resources: ['events'] };
    const ownConfiguration = {
      verbs: ['get', 'patch'],
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations'],
      resourceNames: [name],
    };
    const ownSecret = {
      verbs: ['get', 'update'],
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [`${name}-self-signed-cert`],
    };

    const cases: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
      [
        'self-signed',
        [builds, buildDefaults, events, ownConfiguration, ownSecret],
        [builds, buildDefaults, events, ownConfiguration],
      ],
      ['openshift', [builds, buildDefaults, events], [builds, buildDefaults, events]],
      ['standalone', [], []],
    ];
    for (const [mode, own, elsewhere] of cases) {
      it(`are exactly these: ${mode}`, async (t) => {
        const objects = (await renderedObjects(installMode(mode))).filter(({ kind }) =>
          /Role|ServiceAccount/.test(kind),
        );
        for (const object of objects) {
          await create(object);
          t.after(async () => api.request('DELETE', `${await api.collectionOf(object)}/${object.metadata.name}`));
        }
        const sorted = (rules: readonly unknown[]) => rules.map((rule) => JSON.stringify(rule)).sort();
        await waitFor('the rights to take effect', async () => (await rulesIn(namespace)).length === own.length);
        assert.deepEqual(sorted(await rulesIn(namespace)), sorted(own));
        assert.deepEqual(sorted(await rulesIn('default')), sorted(elsewhere));
      });
    }

    it('on its webhook configuration cover only caBundle', async (t) => {
      const objects = (await renderedObjects(installMode('self-signed'))).filter(({ kind }) =>
        /Role|ServiceAccount|Policy|MutatingWebhook/.test(kind),
      );
      for (const object of objects) {
        await create(object);
        t.after(async () => api.request('DELETE', `${await api.collectionOf(object)}/${object.metadata.name}`));
      }
      const registrations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
      /** Returns the status of a JSON patch by the webhook; nothing is stored. */
      const patch = async (path: string, value: unknown) => {
        const { status } = await api.request('PATCH', `${registrations}/${name}?dryRun=All`, {
          body: [{ op: 'add', path, value }],
          contentType: 'application/json-patch+json',
          headers: { 'Impersonate-User': `system:serviceaccount:${namespace}:${name}` },
        });
        return status;
      };
      const caBundle = '/webhooks/0/clientConfig/caBundle';
      await waitFor('the rights to take effect', async () => (await patch(caBundle, 'AA==')) === 200);
      await waitFor('the policy to take effect', async () => (await patch('/webhooks/0/timeoutSeconds', 5)) === 422);
      const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
      const another = {
        name: 'more.example.com',
        clientConfig: { url: 'https://webhook.example.com' },
        rules: [pods],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      };
      const changes: readonly (readonly [path: string, value: unknown])[] = [
        ['/webhooks/0/rules/-', pods],
        ['/webhooks/1/rules/-', pods],
        ['/webhooks/1/namespaceSelector', {}],
        ['/webhooks/0/rules', [pods]],
        ['/webhooks/0/objectSelector', {}],
        ['/webhooks/0/namespaceSelector', {}],
        ['/webhooks/0/matchConditions', []],
        ['/webhooks/0/matchPolicy', 'Exact'],
        ['/webhooks/0/failurePolicy', 'Fail'],
        ['/webhooks/0/timeoutSeconds', 30],
        ['/webhooks/0/reinvocationPolicy', 'Never'],
        ['/webhooks/0/sideEffects', 'NoneOnDryRun'],
        ['/webhooks/0/admissionReviewVersions', ['v1']],
        ['/webhooks/0/clientConfig/service/namespace', 'default'],
        ['/webhooks/0/clientConfig', { url: 'https://webhook.example.com' }],
        ['/webhooks/0/name', 'other.example.com'],
        ['/webhooks/-', another],
        ['/webhooks', []],
        ['/metadata/annotations', { 'cert-manager.io/inject-ca-from': 'default/mine' }],
        ['/metadata/labels/more', 'x'],
        ['/metadata/finalizers', ['example.com/stays']],
        ['/metadata/ownerReferences', [{ apiVersion: 'v1', kind: 'Namespace', name: 'x', uid: 'x' }]],
      ];
      const accepted: string[] = [];
      for (const [path, value] of changes) if ((await patch(path, value)) < 400) accepted.push(path);
      assert.deepEqual(accepted, []);
      assert.equal(await patch(caBundle, 'AAA='), 200);
    });
  });
}
