import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withValue } from '../../../src/openshift/json.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { runCommand } from '../../helpers/terminal.ts';

export function describeCheck({ cluster, web, webhook, aliceKubeconfig, configFile }: TestBed): void {
  const { admin, adminKubeconfig } = cluster;
  const name = 's2i-incremental-webhook';

  /** Runs `check`, and returns its lines and exit status. */
  async function check(kubeconfig: string, ...args: readonly string[]) {
    const all = ['check', '--kubeconfig', kubeconfig, '-n', 'web', '--config', configFile, ...args];
    const { status, stdout } = await runCommand(all, {});
    const lines = stdout.trimEnd().split('\n');
    return {
      status,
      lines,
      levelOf: (text: string) => /^\[(.+?)\]/.exec(lines.find((line) => line.includes(text)) ?? '')?.[1],
    };
  }

  async function editRegistration(change: (object: KubernetesObject) => KubernetesObject): Promise<void> {
    await admin.replace(change(await admin.get('MutatingWebhookConfiguration', name)));
  }

  describe('check', () => {
    before(async () => {
      await web.createBuildConfig('checked', { labels: { 's2i-incremental.io/enabled': 'true' } });
    });
    after(() => web.delete('BuildConfig', 'checked'));

    it('prints no [x] for an admin if everything works, and describes the next Build', async () => {
      const { status, lines, levelOf } = await check(adminKubeconfig, '--bc', 'checked');
      assert.equal(status, 1, 'the push secret is not there');
      assert.equal(levelOf('serves builds'), 'ok');
      assert.equal(levelOf('has its entries'), 'ok');
      assert.equal(levelOf('the caBundle verifies the certificate'), 'ok');
      assert.equal(levelOf('the webhook acts on a BuildConfig'), 'ok');
      assert.deepEqual(
        lines.filter((line) => line.startsWith('[x]')),
        ['[x]  push secret harbor-push does not exist in namespace web -> oc create secret docker-registry -n web'],
      );
      const auths = { 'harbor.example.com': { auth: Buffer.from('a:b').toString('base64') } };
      await admin.request({
        method: 'POST',
        path: '/api/v1/namespaces/web/secrets',
        body: {
          metadata: { name: 'harbor-push' },
          type: 'kubernetes.io/dockerconfigjson',
          data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
        },
      });
      const mended = await check(adminKubeconfig, '--bc', 'checked');
      assert.equal(mended.status, 0);
      assert.equal(mended.levelOf('push secret harbor-push has a login'), 'ok');
      assert.equal(mended.levelOf('is full, because it is the first Build since its BuildConfig opted in'), 'ok');
      assert.match((await web.startBuild('checked')).stored.metadata.name, /^checked-1$/);
      await web.completeBuild('checked-1');
      const { levelOf: next } = await check(adminKubeconfig, '--bc', 'checked');
      assert.equal(next('the next Build is incremental: it continues from checked-1'), 'ok');
    });

    it('tells a developer what only an admin may see, without [x]', async () => {
      const { status, levelOf } = await check(aliceKubeconfig);
      assert.equal(status, 0);
      assert.equal(levelOf('the MutatingWebhookConfiguration could not be checked: you may not do that'), '!');
      assert.equal(levelOf('the webhook acts on a BuildConfig'), 'ok');
    });

    it('reports that the webhook is down, and that it is back', async () => {
      await webhook.stop();
      const { status, levelOf } = await check(adminKubeconfig);
      assert.equal(status, 1);
      assert.equal(levelOf('the webhook does not act on a BuildConfig'), 'x');
      assert.equal(levelOf('cannot be reached from here'), '!');
      await webhook.start();
      assert.equal((await check(adminKubeconfig)).status, 0);
    });

    it('reports a wrong or missing CA bundle, and a missing webhook configuration', async () => {
      const whole = await admin.get('MutatingWebhookConfiguration', name);
      const { stored } = { stored: whole['webhooks'] as readonly Readonly<Record<string, unknown>>[] };
      const withBundle = (caBundle: string | undefined) => (object: KubernetesObject) =>
        ({
          ...object,
          webhooks: stored.map((entry) => ({
            ...entry,
            clientConfig: { ...(entry['clientConfig'] as object), caBundle },
          })),
        }) as KubernetesObject;
      await editRegistration(withBundle(undefined));
      assert.equal((await check(adminKubeconfig)).levelOf('the MutatingWebhookConfiguration has no caBundle'), 'x');
      await editRegistration(withBundle(Buffer.from(cluster.ca).toString('base64')));
      assert.equal((await check(adminKubeconfig)).levelOf('does not verify the certificate that is served'), 'x');
      await admin.delete('MutatingWebhookConfiguration', name);
      assert.equal((await check(adminKubeconfig)).levelOf('no MutatingWebhookConfiguration has the entry'), 'x');
      await admin.create(withValue({ ...whole }, ['metadata'], { name }) as KubernetesObject);
      await waitFor('all to be in order', async () => (await check(adminKubeconfig)).status === 0);
    });

    it('reports a missing namespace or BuildConfig', async () => {
      assert.equal((await check(adminKubeconfig, '--bc', 'none')).levelOf('there is no such BuildConfig'), 'x');
      const { levelOf } = await check(adminKubeconfig, '-n', 'nowhere');
      assert.equal(levelOf('there is no namespace nowhere'), 'x');
    });
  });
}
