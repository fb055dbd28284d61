import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { arrayAt, at } from '../../../src/openshift/json.ts';
import { imageOf } from '../../helpers/cluster/builds.ts';
import { OpenShift } from '../../helpers/cluster/openshift.ts';
import type { PodSet } from '../../helpers/cluster/pod-set.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { chart, installMode, release } from '../helm.ts';
import { startReleasePods } from '../release-pods.ts';
import type { ChartBed } from './chart-bed.ts';

const { name } = release;
const enabled = { 's2i-incremental.io/enabled': 'true' };
const annotation = (key: string) => ['metadata', 'annotations', `s2i-incremental.io/${key}`] as const;

/** The release at work: its pods are processes of the image's bundle with its arguments, configuration and rights. */
export function describeRunning({ api, cluster, helm }: ChartBed): void {
  describe('chart, running release', () => {
    const shop = new OpenShift(cluster.admin, 'shop');
    const configuration = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
    let pods: PodSet | undefined;
    const podSet = (): PodSet => {
      if (pods === undefined) throw new Error('there are no pods');
      return pods;
    };

    before(async () => {
      await cluster.admin.createNamespace('shop');
      const { status, stderr } = await helm('install', name, chart, '--values', installMode('self-signed').values);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      pods = await startReleasePods({ api, cluster, helm });
    });
    after(async () => {
      await pods?.stop();
      await helm('uninstall', name, '--ignore-not-found');
    });

    it('is called through its Service with the published CA', async () => {
      const { body } = await api.request('GET', configuration);
      assert.match(
        Buffer.from(String(at(arrayAt(body, 'webhooks')?.[0], 'clientConfig', 'caBundle')), 'base64').toString(),
        /^-----BEGIN CERTIFICATE-----/,
      );
      await waitFor('a BuildConfig to be opted in', async () => {
        const probe = await shop.createBuildConfig('probe', { labels: enabled });
        await shop.delete('BuildConfig', 'probe');
        return at(probe.stored, ...annotation('origin')) !== undefined;
      });
    });

    it('makes the second Build incremental, and writes Events on the BuildConfig', async () => {
      await shop.createBuildConfig('web', { labels: enabled });
      const first = await shop.startBuild('web');
      assert.equal(at(first.stored, ...annotation('reason')), 'first_build');
      assert.match(
        String(at(first.stored, 'spec', 'strategy', 'sourceStrategy', 'scripts')),
        /^http:\/\/s2i-incremental-webhook-scripts\.s2i-incremental\.svc:8081\/s2i\/[0-9a-f]{12}\/\w+$/,
      );
      const { stored } = await shop.completeBuild('web-1');
      const second = await waitFor('the watch to tell of the first Build', async () => {
        const build = await shop.startBuild('web');
        return at(build.stored, ...annotation('decision')) === 'incremental' && build;
      });
      assert.equal(at(second.stored, 'spec', 'strategy', 'sourceStrategy', 'from', 'name'), imageOf(stored));

      const events = await waitFor('the Events', async () => {
        const { body } = await api.request('GET', '/api/v1/namespaces/shop/events');
        const items = arrayAt(body, 'items') ?? [];
        return items.some((item) => at(item, 'reason') === 'IncrementalBuild') && items;
      });
      const contents = events.map((event) => ({
        object: `${String(at(event, 'involvedObject', 'kind'))}/${String(at(event, 'involvedObject', 'name'))}`,
        reason: at(event, 'reason'),
        message: at(event, 'message'),
      }));
      assert.deepEqual(
        contents.filter(({ message }) => String(message).startsWith('web-1 ')),
        [
          {
            object: 'BuildConfig/web',
            reason: 'FullBuild',
            message: 'web-1 is a full build: it is the first Build since its BuildConfig opted in (first_build).',
          },
        ],
      );
      assert.deepEqual(
        contents.filter(({ reason }) => reason === 'IncrementalBuild'),
        [
          {
            object: 'BuildConfig/web',
            reason: 'IncrementalBuild',
            message: `${second.stored.metadata.name} continues from the image of web-1, ${imageOf(stored)}.`,
          },
        ],
      );
    });

    it('patches every Build while pods are replaced and after an upgrade', async () => {
      const unpatched: string[] = [];
      const admit = async (round: string) => {
        const { stored } = await shop.createBuildConfig(`rolling-${round}`, { labels: enabled });
        if (at(stored, ...annotation('origin')) === undefined) unpatched.push(round);
      };
      const rollout = { isRunning: true };
      const replacing = (async () => {
        for (let step = 0; step < 2; step += 1) assert.equal(await podSet().replaceOldest(), 0);
        const args = ['--values', installMode('self-signed').values, '--set', 'registration.timeoutSeconds=4'];
        assert.equal((await helm('upgrade', name, chart, ...args)).status, 0);
      })().finally(() => (rollout.isRunning = false));
      let rounds = 0;
      for (; rollout.isRunning; rounds += 1) await admit(String(rounds));
      await replacing;
      for (let more = 0; more < 5; more += 1) await admit(`after-${more}`);
      assert.deepEqual(unpatched, []);
      assert.ok(rounds > 20, `${rounds} admissions`);
    });

    it('needs no missing right', () => {
      const troubled = podSet().pods.flatMap((pod) =>
        pod.logged.filter(({ level }) => level !== 'info' && level !== 'debug'),
      );
      assert.deepEqual(troubled, []);
    });
  });
}
