import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, loadKubeConfig } from '../../../src/kubernetes/connection.ts';
import { arrayAt, objectAt, stringAt } from '../../../src/openshift/json.ts';
import { createCertificateCluster } from '../../../src/certificates/certificate-cluster.ts';
import { splitPem } from '../../../src/certificates/stored-certificates.ts';
import { CertificateBed, configuration, secret } from '../../helpers/cluster/certificate-bed.ts';

/** Rounds come every 3 s, and no certificate expires during a test. */
const periods = { life: '60s', authorityLife: '1h' };

export function describeCertificates(): void {
  describe('replicas with self-signed certificates', () => {
    let bed: CertificateBed;
    before(async () => {
      bed = await CertificateBed.start(periods);
    });
    after(() => bed.stop());

    it('say what they wait for, and answer probes', async () => {
      const [pod] = await bed.pods.add(1);
      assert.ok(pod !== undefined);
      const waiting = await bed.waitForReadiness(pod, /webhook configuration/);
      assert.match(
        waiting,
        /^\[-\] running: starting\n\[-\] certificate: webhook configuration s2i-incremental-webhook does not exist yet\n/,
      );
      assert.equal(await bed.readSecret().then((found) => objectAt(found, 'data')), undefined);
      assert.equal(await bed.pods.remove(pod), 0);
      const logged = pod.logged.map(({ message }) => message);
      assert.deepEqual(logged.slice(-2), ['stopping: not ready, serving until the shutdown delay ends', 'stopped']);
      assert.equal(logged.filter((message) => message.startsWith('certificate reconciliation failed')).length, 1);
    });

    it('agree on one CA when three start at once, without a failed call', async () => {
      await bed.createConfiguration();
      const admissions = bed.admitContinuously();
      await bed.pods.add(3);
      await bed.pods.ready();
      admissions.mark('ready');
      await delay(1_000);
      const { failures, unpatched, count } = await admissions.stop();
      // Before the first pod is ready, calls must fail.
      assert.deepEqual(
        failures.filter(({ mark }) => mark === 'ready'),
        [],
      );
      assert.equal(unpatched, 0);
      assert.ok(count > 20, `${count} admissions`);

      const data = objectAt(await bed.readSecret(), 'data');
      assert.deepEqual(Object.keys(data ?? {}).sort(), ['ca-keys.pem', 'ca.crt', 'tls.crt', 'tls.key']);
      const bundle = Buffer.from(stringAt(data, 'ca.crt') ?? '', 'base64').toString();
      assert.equal(splitPem(bundle).length, 1);
      assert.deepEqual(await bed.readBundles(), [bundle, bundle]);
      const leaf = new X509Certificate(Buffer.from(stringAt(data, 'tls.crt') ?? '', 'base64'));
      assert.equal(
        leaf.subjectAltName,
        'DNS:webhook.s2i-incremental.svc, DNS:webhook.s2i-incremental.svc.cluster.local',
      );
      const made = bed.pods.pods.map(
        (pod) => pod.logged.filter(({ message }) => message === 'rotated certificates').length,
      );
      assert.equal(
        made.reduce((sum, times) => sum + times, 0),
        1,
      );
      for (const pod of bed.pods.pods) {
        assert.match((await pod.readiness()).text, /^\[\+\] running: ok\n\[\+\] certificate: \d+ seconds left\n/);
        assert.equal(
          await pod.metric('s2i_incremental_certificate_not_after_seconds'),
          leaf.validToDate.getTime() / 1_000,
        );
      }
    });

    it('keep what others wrote on the Secret', async () => {
      const { labels, annotations } = (objectAt(await bed.readSecret(), 'metadata') ?? {}) as Record<string, unknown>;
      assert.deepEqual(
        [labels, annotations],
        [{ 'app.kubernetes.io/managed-by': 'Helm' }, { 'example.com/note': 'kept' }],
      );
    });

    it('restore an emptied caBundle', async () => {
      const [present] = await bed.readBundles();
      await bed.patchBundle('');
      await bed.expectBundles((bundles) => bundles[0] === present);
      await bed.admit();
    });

    it('create a new CA when the data of the Secret is lost, without a failed call', async () => {
      const [old = ''] = await bed.readBundles();
      const admissions = bed.admitContinuously();
      await bed.emptySecret();
      const [both = ''] = await bed.expectBundles(([bundle = '']) => splitPem(bundle).length === 2);
      assert.ok(both.includes(splitPem(old)[0] ?? '?'), 'the CA before is not in the bundle');
      await bed.expectServing(splitPem(both)[0] ?? '');
      await delay(1_000);
      const { failures, unpatched, count } = await admissions.stop();
      assert.deepEqual([failures, unpatched], [[], 0]);
      assert.ok(count > 20, `${count} admissions`);
    });

    it('continue without the Secret, which they may not create, and fill it when it exists again', async () => {
      const admissions = bed.admitContinuously();
      await bed.deleteSecret();
      const [pod] = bed.pods.pods;
      assert.ok(pod !== undefined);
      const text = await bed.waitForReadiness(pod, /does not exist/);
      assert.match(
        text,
        /^\[\+\] certificate: \d+ seconds left; Secret s2i-incremental\/certificates does not exist and may not be created; install the chart again: the API server answered 403: secrets is forbidden: /m,
      );
      await bed.createSecret();
      await bed.waitForReadiness(pod, /certificate: \d+ seconds left\n/);
      const { failures, unpatched } = await admissions.stop();
      assert.deepEqual([failures, unpatched], [[], 0]);
      assert.equal(Object.keys(objectAt(await bed.readSecret(), 'data') ?? {}).length, 4);
    });

    it('keep a Secret that they did not create', async () => {
      await bed.deleteSecret();
      await bed.createSecret({ password: Buffer.from('secret').toString('base64') });
      const [pod] = bed.pods.pods;
      assert.ok(pod !== undefined);
      const text = await bed.waitForReadiness(pod, /did not create/);
      assert.match(
        text,
        /^\[\+\] certificate: \d+ seconds left; Secret s2i-incremental\/certificates has content that this webhook did not create \(type Opaque, keys password\) and is not changed; /m,
      );
      await delay(4_000);
      assert.deepEqual(Object.keys(objectAt(await bed.readSecret(), 'data') ?? {}), ['password']);
      await bed.deleteSecret();
      await bed.createSecret();
      await bed.waitForReadiness(pod, /certificate: \d+ seconds left\n/);
    });

    it('start with stored certificates, without writing', async () => {
      const before = [await bed.readSecret(), await bed.readConfiguration()].map((object) =>
        stringAt(object, 'metadata', 'resourceVersion'),
      );
      const [pod] = await bed.pods.add(1);
      assert.ok(pod !== undefined);
      await pod.ready();
      await bed.pods.remove(pod);
      const later = [await bed.readSecret(), await bed.readConfiguration()].map((object) =>
        stringAt(object, 'metadata', 'resourceVersion'),
      );
      assert.deepEqual(later, before);
    });

    it('have no other rights than they need', async () => {
      const { client } = bed.user;
      await client.request({ method: 'GET', path: `/api/v1/namespaces/${secret.namespace}/secrets/${secret.name}` });
      await client.get('MutatingWebhookConfiguration', configuration);
      const refused: readonly Parameters<typeof client.request>[0][] = [
        { method: 'GET', path: `/api/v1/namespaces/${secret.namespace}/secrets` },
        { method: 'GET', path: '/api/v1/namespaces/default/secrets/certificates' },
        { method: 'GET', path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations' },
        { method: 'GET', path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/other' },
      ];
      for (const request of refused) await assert.rejects(client.request(request), { code: 403 });
    });

    it('get a conflict if another replica wrote first', async () => {
      const { signal } = new AbortController();
      const kubernetes = connect(loadKubeConfig(join(bed.cluster.directory, 'users', 'admin.yaml')));
      const options = { kubernetes, webhookConfiguration: configuration };
      const other = createCertificateCluster({ ...options, secret: { ...secret, name: 'other' } });
      const absent = await other.readSecret(signal);
      assert.deepEqual(absent, { kind: 'absent', object: undefined });
      const data = { 'tls.crt': 'a', 'tls.key': 'b', 'ca.crt': 'c', 'ca-keys.pem': 'd' };
      await other.writeSecret(data, absent, signal);
      await assert.rejects(other.writeSecret(data, absent, signal), { code: 'conflict' });
      const found = await other.readSecret(signal);
      assert.ok(found.kind === 'ours');
      assert.deepEqual(found.data, data);
      const changed = { ...data, 'ca.crt': 'e' };
      await other.writeSecret(changed, found, signal);
      await assert.rejects(other.writeSecret(data, found, signal), { code: 'conflict' });
      await kubernetes.request(
        { method: 'DELETE', path: `/api/v1/namespaces/${secret.namespace}/secrets/other` },
        signal,
      );
      await assert.rejects(other.writeSecret(data, found, signal), { code: 'conflict' });

      const read = await other.readConfiguration(signal);
      assert.ok(read !== undefined);
      const stale = { ...read, resourceVersion: '1' };
      await assert.rejects(other.publish('nobody', stale, signal), {
        code: 'conflict',
        message: /^the caBundle cannot be written: the API server answered 422: /,
      });
      assert.deepEqual(await other.readConfiguration(signal), read);
    });

    it('end with status 0', async () => {
      const outcomes = await Promise.all([...bed.pods.pods].map((pod) => bed.pods.remove(pod)));
      assert.deepEqual(outcomes, [0, 0, 0]);
      assert.equal(arrayAt(await bed.readConfiguration(), 'webhooks')?.length, 2);
    });
  });
}
