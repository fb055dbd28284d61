import assert from 'node:assert/strict';
import { type TestContext, describe, it } from 'node:test';
import { arrayAt, at, stringAt } from '../../../src/openshift/json.ts';
import { described } from '../api-server.ts';
import { type InstallMode, chart, installMode, release, renderedObjects, theOnly } from '../helm.ts';
import type { ChartBed } from './chart-bed.ts';

const { name, namespace } = release;
const configuration = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
const secret = `/api/v1/namespaces/${namespace}/secrets/${name}-self-signed-cert`;
const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
const kept = { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5', 'ca.crt': 'Y2E=' };

/** The effects of helm on a cluster: what it keeps, what it leaves behind, what it prints. */
export function describeReleases(bed: ChartBed): void {
  const { api } = bed;

  async function succeeds(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await bed.helm(...args);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    return stdout;
  }

  /** Installs the release for one test. */
  async function install(t: TestContext, mode: InstallMode): Promise<void> {
    t.after(() => bed.helm('uninstall', name, '--ignore-not-found'));
    await succeeds('install', name, chart, '--values', mode.values);
  }

  const upgrade = (mode: InstallMode, ...more: readonly string[]) =>
    succeeds('upgrade', name, chart, '--values', mode.values, ...more);

  /** Like the webhook, cert-manager or OpenShift. */
  async function fillCaBundle(): Promise<void> {
    const { status } = await api.request('PATCH', configuration, {
      body: [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }],
      contentType: 'application/json-patch+json',
    });
    assert.equal(status, 200);
  }

  async function fillSecret(): Promise<void> {
    const { body } = await api.request('GET', secret);
    const { status } = await api.request('PUT', secret, { body: { ...body, data: kept } });
    assert.equal(status, 200);
  }

  async function registered() {
    const { body } = await api.request('GET', configuration);
    const webhook = arrayAt(body, 'webhooks')?.[0];
    return { caBundle: at(webhook, 'clientConfig', 'caBundle'), timeoutSeconds: at(webhook, 'timeoutSeconds') };
  }

  const secretData = async () => at((await api.request('GET', secret)).body, 'data');

  describe('helm with the chart', () => {
    for (const mode of ['self-signed', 'cert-manager', 'openshift'].map(installMode)) {
      it(`installs, upgrades, rolls back and leaves nothing behind: ${mode.name}`, async (t) => {
        const selfSigned = mode.name === 'self-signed';
        const before = await api.everything();
        await install(t, mode);
        const installed = await api.everything();
        const expected = (await renderedObjects(mode)).filter(
          ({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined,
        );
        assert.deepEqual(
          installed.filter((object) => !before.includes(object)),
          [...expected.map(described), `v1 Secret ${namespace} sh.helm.release.v1.${name}.v1`].sort(),
        );
        assert.equal((await registered()).caBundle, undefined);

        await fillCaBundle();
        if (selfSigned) await fillSecret();
        const filled = selfSigned ? kept : undefined;
        await upgrade(mode, '--set', 'registration.timeoutSeconds=4');
        assert.deepEqual(
          { ...(await registered()), data: await secretData() },
          { caBundle, timeoutSeconds: 4, data: filled },
        );
        await upgrade(mode, '--set', 'registration.timeoutSeconds=5,commonLabels.team=platform,replicas=3');
        assert.deepEqual(
          { ...(await registered()), data: await secretData() },
          { caBundle, timeoutSeconds: 5, data: filled },
        );
        await succeeds('rollback', name, '1');
        assert.deepEqual(
          { ...(await registered()), data: await secretData() },
          { caBundle, timeoutSeconds: 3, data: filled },
        );

        await succeeds('uninstall', name);
        assert.deepEqual(await api.everything(), before);
      });
    }

    it('upgrade --force empties Secret and caBundle, which the webhook fills again', async (t) => {
      const mode = installMode('self-signed');
      await install(t, mode);
      await fillCaBundle();
      await fillSecret();
      await upgrade(mode, '--force', '--set', 'registration.timeoutSeconds=4');
      assert.deepEqual(
        { ...(await registered()), data: await secretData() },
        { caBundle: undefined, timeoutSeconds: 4, data: undefined },
      );
    });

    it('upgrade creates a deleted Secret again', async (t) => {
      const mode = installMode('self-signed');
      await install(t, mode);
      await api.request('DELETE', secret);
      await upgrade(mode);
      assert.equal((await api.request('GET', secret)).status, 200);
    });

    it('upgrade changes the certificate mode in any order', async (t) => {
      await install(t, installMode('self-signed'));
      for (const mode of ['openshift', 'cert-manager', 'existing', 'self-signed', 'cert-manager', 'openshift']) {
        await upgrade(installMode(mode));
        // OpenShift and cert-manager create it, and do not delete it.
        if (!['openshift', 'cert-manager'].includes(mode)) continue;
        const deployment = theOnly('Deployment', await renderedObjects(installMode(mode)));
        const volumes = arrayAt(deployment, 'spec', 'template', 'spec', 'volumes') ?? [];
        const secretName = volumes.map((volume) => stringAt(volume, 'secret', 'secretName')).find((found) => found);
        const made = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName ?? '', namespace } };
        const { status } = await api.create(made);
        assert.ok(status === 201 || status === 409, secretName);
        t.after(async () => api.request('DELETE', `${await api.collectionOf(made)}/${made.metadata.name}`));
      }
      await succeeds('uninstall', name);
    });

    it('sets the given CA bundle, and follows its changes', async (t) => {
      const mode = installMode('existing');
      await install(t, mode);
      const given = Buffer.from(String((await registered()).caBundle), 'base64').toString();
      assert.match(given, /^-----BEGIN CERTIFICATE-----\nMIIB/);
      const next = '-----BEGIN CERTIFICATE-----\nnext\n-----END CERTIFICATE-----\n';
      await upgrade(mode, '--set-json', `certificate.existing.caBundle=${JSON.stringify(next)}`);
      assert.equal((await registered()).caBundle, Buffer.from(next).toString('base64'));
    });

    it('prints notes on opting in, and warnings about values', async () => {
      const notesOf = async (...sets: readonly string[]) => {
        const image = 'image.repository="registry.example.com/s2i-incremental-webhook"';
        const more = [image, ...sets].flatMap((set) => ['--set-json', set]);
        return (await succeeds('install', name, chart, '--dry-run=server', ...more)).split('\nNOTES:\n')[1] ?? '';
      };
      const notes = await notesOf('certificate.mode="self-signed"');
      assert.match(notes, /oc label bc\/NAME s2i-incremental\.io\/enabled=true/);
      assert.match(notes, /Certificate: self-signed: the webhook makes and renews it/);
      assert.ok(!notes.includes('WARNING'), notes);
      const warningsIn = (text: string) => text.split('\n').filter((line) => line.startsWith('WARNING'));
      assert.deepEqual(warningsIn(await notesOf()), [
        'WARNING: certificate.mode is openshift, but this cluster has no service CA: nothing creates the certificate, and the pods wait for it. Use --set certificate.mode=self-signed.',
      ]);
      const unfit = await notesOf(
        'certificate={"mode":"existing","existing":{"secretName":"mine"}}',
        'replicas=1',
        'standalone=true',
        'config={"assemble":{"baseUrl":""},"server":{"requestBudget":"3500ms"}}',
      );
      assert.deepEqual(warningsIn(unfit), [
        'WARNING: certificate.existing.caBundle is empty: until the caBundle of mutatingwebhookconfiguration/s2i-incremental-webhook is filled in, every Build is unmodified.',
        'WARNING: Fewer than two pods: while the only one moves to another node, Builds are unmodified.',
        'WARNING: standalone: the webhook does not read earlier Builds, so every Build is full.',
        'WARNING: config.assemble.baseUrl is empty: Builds are full, unless their BuildConfig has the label s2i-incremental.io/assemble-wrapper=false.',
        'WARNING: config.server.requestBudget (3500ms) is not below registration.timeoutSeconds (3): the API server stops waiting for a slow review, and the Build is unmodified without a message.',
      ]);
    });
  });

  describe('server-side apply of the chart', () => {
    it('keeps a filled caBundle and Secret', async () => {
      const apply = async () => {
        for (const object of await renderedObjects(installMode('self-signed'))) {
          if (!['MutatingWebhookConfiguration', 'Secret'].includes(object.kind)) continue;
          const path = `${await api.collectionOf(object)}/${object.metadata.name}?fieldManager=gitops`;
          const contentType = 'application/apply-patch+yaml';
          const { status, body } = await api.request('PATCH', path, { body: object, contentType });
          assert.ok(status < 300, stringAt(body, 'message'));
        }
      };
      await apply();
      await fillCaBundle();
      await fillSecret();
      await apply();
      assert.deepEqual(
        { ...(await registered()), data: await secretData() },
        { caBundle, timeoutSeconds: 3, data: kept },
      );
      for (const path of [configuration, secret]) await api.request('DELETE', path);
    });
  });
}
