import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, objectAt, stringAt } from '../../../src/openshift/json.ts';
import { buildOf, pythonImage, withoutServerFields } from '../../helpers/cluster/builds.ts';
import { chainFactsOf } from '../../helpers/cluster/chain-facts.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import { webhookConfiguration } from '../../helpers/cluster/manifests.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { assertTimeBetween, timeOfTag } from '../../helpers/cluster/times.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const enabled = { 's2i-incremental.io/enabled': 'true' };

export function describeBuilds({ alice, cluster, web, webhook }: TestBed): void {
  describe('Build admission', () => {
    it('stores a Build with the changes of the webhook', async () => {
      const buildConfig = await web.createBuildConfig('shop', { labels: { app: 'shop', ...enabled } });
      const earliest = Date.now();
      const { sent } = await web.startBuild('shop');
      const latest = Date.now();

      const stored = withoutServerFields(await web.get('Build', 'shop-1'));
      const output = stringAt(stored, 'spec', 'output', 'to', 'name') ?? '';
      assertTimeBetween(timeOfTag(output), earliest, latest);
      const annotations = objectAt(stored, 'metadata', 'annotations') ?? {};
      const started = String(annotations['s2i-incremental.io/chain-started']);
      assertTimeBetween(Date.parse(started), earliest, latest);
      const conditions = at(sent, 'status', 'conditions');

      assert.deepEqual(withParsedOrigin(stored), {
        apiVersion: 'build.openshift.io/v1',
        kind: 'Build',
        metadata: {
          name: 'shop-1',
          namespace: 'web',
          labels: {
            app: 'shop',
            's2i-incremental.io/enabled': 'true',
            buildconfig: 'shop',
            'openshift.io/build-config.name': 'shop',
            'openshift.io/build.start-policy': 'Serial',
          },
          annotations: {
            'openshift.io/build-config.name': 'shop',
            'openshift.io/build.number': '1',
            's2i-incremental.io/admitted-as': 'shop-1',
            's2i-incremental.io/chain-depth': '0',
            's2i-incremental.io/chain-started': started,
            's2i-incremental.io/decision': 'full',
            's2i-incremental.io/mode': 'chain',
            's2i-incremental.io/origin': {
              version: 1,
              from: { kind: 'DockerImage', name: pythonImage },
              incremental: true,
              scripts: null,
              pullSecret: null,
              output: { kind: 'DockerImage', name: 'harbor.example.com/web/shop:1.0' },
              pushSecret: { name: 'harbor-push' },
              env: ['PIP_INDEX_URL', 'PIP_TRUSTED_HOST'],
              values: ['https://pypi.example.com/simple', 'pypi.example.com'],
            },
            's2i-incremental.io/origin-from': `DockerImage/${pythonImage}`,
            's2i-incremental.io/reason': 'first_build',
          },
          ownerReferences: [
            {
              apiVersion: 'build.openshift.io/v1',
              kind: 'BuildConfig',
              name: 'shop',
              uid: buildConfig.stored.metadata['uid'],
              controller: true,
            },
          ],
        },
        spec: {
          serviceAccount: 'builder',
          source: { type: 'Git', git: { uri: 'https://git.example.com/web/shop.git', ref: 'main' } },
          strategy: {
            type: 'Source',
            sourceStrategy: {
              from: { kind: 'DockerImage', name: pythonImage },
              env: [
                { name: 'FOO', value: 'bar' },
                { name: 'PIP_INDEX_URL', value: 'https://pypi.example.com/simple' },
                { name: 'PIP_TRUSTED_HOST', value: 'pypi.example.com' },
              ],
              incremental: false,
            },
          },
          output: { to: { kind: 'DockerImage', name: output }, pushSecret: { name: 'harbor-push' } },
          resources: {},
          postCommit: {},
          nodeSelector: null,
          triggeredBy: [{ message: 'Manually triggered' }],
        },
        status: {
          phase: 'New',
          config: { kind: 'BuildConfig', namespace: 'web', name: 'shop' },
          output: {},
          conditions,
        },
      });
      assert.equal(output.replace(/[0-9]{14}$/, ''), 'harbor.example.com/web/shop:');
    });

    it('is not called for a Build that did not opt in', async () => {
      const before = await webhook.countRequests();
      await web.createBuildConfig('plain', { labels: { app: 'plain' } });
      const { sent } = await web.startBuild('plain');
      assert.deepEqual(withoutServerFields(await web.get('Build', 'plain-1')), sent);
      assert.equal(await webhook.countRequests(), before);
    });

    it('is called for a Build that opted out, and leaves it unmodified', async () => {
      const count = () =>
        webhook.countRequests({
          resource: 'builds',
          operation: 'CREATE',
          result: 'unchanged',
          reason: 'not_opted_in',
        });
      const before = await count();
      await web.createBuildConfig('opted-out', { labels: { 's2i-incremental.io/enabled': 'false' } });
      const { sent } = await web.startBuild('opted-out');
      assert.deepEqual(withoutServerFields(await web.get('Build', 'opted-out-1')), sent);
      assert.equal(await count(), before + 1);
    });

    it('answers a dry run, which stores nothing', async () => {
      await web.createBuildConfig('dry', { labels: enabled });
      const build = buildOf((await web.countBuild('dry')).stored);
      const { object } = await alice.create(build, { dryRun: 'All' });
      assert.match(
        stringAt(object, 'spec', 'output', 'to', 'name') ?? '',
        /^harbor\.example\.com\/web\/dry:[0-9]{14}$/,
      );
      assert.equal(at(object, 'metadata', 'annotations', 's2i-incremental.io/reason'), 'first_build');
      await assert.rejects(web.get('Build', 'dry-1'), { code: 404 });
    });

    it('changes nothing in a second call', async () => {
      const { admin } = cluster;
      const again = 's2i-incremental-webhook-again';
      const repeated = () => webhook.countRequests({ resource: 'builds', reason: 'already_admitted' });
      await web.createBuildConfig('twice', { labels: enabled });
      const once = await web.startBuild('twice');
      await web.delete('Build', 'twice-1');

      const build = buildOf((await web.countBuild('twice')).stored);
      await admin.create(webhookConfiguration(webhook.url, webhook.ca, again));
      await waitFor('the second registration to take effect', async () => {
        const before = await repeated();
        await alice.create(build, { dryRun: 'All' });
        return (await repeated()) > before;
      });
      const { object } = await alice.create(build).finally(() => admin.delete('MutatingWebhookConfiguration', again));
      assert.deepEqual(at(object, 'spec', 'strategy'), at(once.stored, 'spec', 'strategy'));
      const chain = { ...chainFactsOf(once.stored), started: chainFactsOf(object).started };
      assert.deepEqual(chainFactsOf(object), chain);

      const probe = buildOf((await web.countBuild('twice')).stored);
      await waitFor('the second registration to be gone', async () => {
        const before = await repeated();
        await alice.create(probe, { dryRun: 'All' });
        return (await repeated()) === before;
      });
    });

    it('changes nothing when the status is written', async () => {
      await web.createBuildConfig('finished', { labels: enabled });
      await web.startBuild('finished');
      const { sent, stored } = await web.completeBuild('finished-1');
      assert.equal(at(sent, 'metadata', 'annotations', 's2i-incremental.io/admitted-as'), 'finished-1');
      assert.deepEqual(withoutServerFields(stored), withoutServerFields(sent));
    });

    it('gives different output references to Builds created at once', async () => {
      await web.createBuildConfig('parallel', { labels: enabled });
      const { stored } = await web.countBuild('parallel');
      const builds = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          alice.create(buildOf({ ...stored, status: { lastVersion: index + 1 } })),
        ),
      );
      const outputs = builds.map(({ object }) => stringAt(object, 'spec', 'output', 'to', 'name') ?? '');
      assert.equal(new Set(outputs).size, 20);
      for (const output of outputs) assert.match(output, /^harbor\.example\.com\/web\/parallel:[0-9]{14}(?:-[0-9]+)?$/);
    });
  });
}

/** Returns a Build with the `…/origin` annotation parsed, so that the order of its keys does not matter. */
function withParsedOrigin(build: KubernetesObject): unknown {
  const annotations = objectAt(build, 'metadata', 'annotations') ?? {};
  const origin = JSON.parse(String(annotations['s2i-incremental.io/origin'])) as unknown;
  return {
    ...build,
    metadata: { ...build.metadata, annotations: { ...annotations, 's2i-incremental.io/origin': origin } },
  };
}
