import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { arrayAt, at, stringAt } from '../../../src/openshift/json.ts';
import { imageOf } from '../../helpers/cluster/builds.ts';
import { OpenShift } from '../../helpers/cluster/openshift.ts';
import { PodSet } from '../../helpers/cluster/pod-set.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { type Manifest, chart, installMode, manifestsIn, release, theOnly } from '../helm.ts';
import type { ChartBed } from './chart-bed.ts';

const { name, namespace } = release;
const enabled = { 's2i-incremental.io/enabled': 'true' };
const annotation = (key: string) => ['metadata', 'annotations', `s2i-incremental.io/${key}`] as const;

/** The release at work: its pods are processes of the image's bundle that have its arguments, its configuration and its ServiceAccount's rights. */
export function describeRunning({ api, cluster, helm }: ChartBed): void {
  describe('the release at work', () => {
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
      const manifests = manifestsIn((await helm('get', 'manifest', name)).stdout);
      const kubeconfig = await tokenKubeconfig();
      const config = join(cluster.directory, 'chart-config.yaml');
      writeFileSync(config, String(at(theOnly('ConfigMap', manifests), 'data', 'config.yaml')));
      const program = join(cluster.directory, 'main.cjs');
      const build = fileURLToPath(new URL('../../../hack/build.ts', import.meta.url));
      execFileSync(process.execPath, [build, program], { stdio: 'pipe' });
      pods = await PodSet.create({
        cluster,
        namespace,
        service: name,
        servicePorts: [
          { name: 'https', port: 443, target: 'https' },
          { name: 'ops', port: 8080, target: 'ops' },
        ],
        createSpec: ({ https, ops, scripts }) => ({
          program,
          args: [
            ...argumentsOf(manifests).map((arg) => arg.replace('/etc/s2i-incremental-webhook/config.yaml', config)),
            // Of the same option the last one counts; a pod has an address of its own, and its token in a file.
            `--port=${https}`,
            `--ops-port=${ops}`,
            `--scripts-port=${scripts}`,
            `--kubeconfig=${kubeconfig}`,
          ],
          env: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '1s' },
        }),
      });
      await pods.add(2);
      await pods.ready();
    });
    after(async () => {
      await pods?.stop();
      await helm('uninstall', name, '--ignore-not-found');
    });

    /** A kubeconfig of the release's ServiceAccount. */
    async function tokenKubeconfig(): Promise<string> {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { status, body } = await api.request('POST', path, { body: { spec: {} } });
      assert.equal(status, 201);
      const admin = parse(readFileSync(join(cluster.directory, 'users', 'admin.yaml'), 'utf8')) as object;
      const user = { name: 'admin', user: { token: stringAt(body, 'status', 'token') } };
      const file = join(cluster.directory, 'users', 'service-account.yaml');
      writeFileSync(file, JSON.stringify({ ...admin, users: [user] }), { mode: 0o600 });
      return file;
    }

    it('is called by its Service under the CA that it published', async () => {
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

    it('makes the second Build continue from the first, and tells of both on the BuildConfig', async () => {
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
      const told = events.map((event) => ({
        object: `${String(at(event, 'involvedObject', 'kind'))}/${String(at(event, 'involvedObject', 'name'))}`,
        reason: at(event, 'reason'),
        message: at(event, 'message'),
      }));
      assert.deepEqual(
        told.filter(({ message }) => String(message).startsWith('web-1 ')),
        [
          {
            object: 'BuildConfig/web',
            reason: 'FullBuild',
            message: 'web-1 is built in full: it is the first Build since its BuildConfig opted in (first_build).',
          },
        ],
      );
      assert.deepEqual(
        told.filter(({ reason }) => reason === 'IncrementalBuild'),
        [
          {
            object: 'BuildConfig/web',
            reason: 'IncrementalBuild',
            message: `${second.stored.metadata.name} continues from the image of web-1, ${imageOf(stored)}.`,
          },
        ],
      );
    });

    it('leaves none unpatched while its pods are replaced and after an upgrade', async () => {
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

    it('needs no right that it has not', () => {
      const troubled = podSet().pods.flatMap((pod) =>
        pod.logged.filter(({ level }) => level !== 'info' && level !== 'debug'),
      );
      assert.deepEqual(troubled, []);
    });
  });
}

/** Of the container, as the Deployment has them. */
function argumentsOf(manifests: readonly Manifest[]): readonly string[] {
  const containers = arrayAt(theOnly('Deployment', manifests), 'spec', 'template', 'spec', 'containers') ?? [];
  return (arrayAt(containers[0], 'args') ?? []).map(String);
}
