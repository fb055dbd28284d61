import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { at } from '../../../src/openshift/json.ts';
import { digestOf, pythonImage } from '../../helpers/cluster/builds.ts';
import { chainFactsOf, continuedFrom, fullBuild } from '../../helpers/cluster/chain-facts.ts';
import { webhookRoleBinding } from '../../helpers/cluster/manifests.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { loadFixture, merge } from '../../helpers/fixtures.ts';
import { send } from '../../helpers/webhook.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const enabled = { 's2i-incremental.io/enabled': 'true' };
const ours = 's2i-incremental.io';

export function describeHistory({ cluster, web, webhook, webhookUser }: TestBed): void {
  const { admin, controlPlane } = cluster;

  const imageOf = (build: string) => `harbor.example.com/web/${build.replace(/-\d+$/, '')}@${digestOf(build)}`;
  const annotate = (kind: 'Build' | 'BuildConfig', name: string, annotations: Record<string, string | undefined>) =>
    web.edit(kind, name, (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...(at(object, 'metadata', 'annotations') as object), ...annotations },
      },
    }));

  /** Opts in and completes one Build. */
  async function startChain(name: string): Promise<unknown> {
    await web.createBuildConfig(name, { labels: enabled });
    const { stored } = await web.startBuild(name);
    await web.completeBuild(`${name}-1`);
    return chainFactsOf(stored).started;
  }

  describe('watched history', () => {
    before(() => webhook.synced());

    it('continues chains although the API server rejects reads', async () => {
      const started = await startChain('watched');
      const binding = webhookRoleBinding(webhookUser.name);
      await admin.delete('ClusterRoleBinding', binding.metadata.name);
      try {
        await waitFor("the webhook's rights to be gone", () =>
          webhookUser.client.list('Build', 'web').then(
            () => false,
            () => true,
          ),
        );
        const { stored } = await web.startBuild('watched');
        assert.deepEqual(chainFactsOf(stored), continuedFrom('watched-1', imageOf('watched-1'), 1, started));
      } finally {
        await admin.create(binding);
      }
      await waitFor("the webhook's rights to be back", async () =>
        Array.isArray(await webhookUser.client.list('Build', 'web')),
      );
    });

    it('says at the start of a Build what it then becomes', async () => {
      const review = loadFixture('03-CREATE-buildconfigs-instantiate-api.json');
      // The API server of the tests has no such subresource, so it cannot ask.
      const warningsFor = async (name: string) => {
        const request = merge(review, { request: { namespace: 'web', name, object: { env: null } } }) as object;
        const { text } = await send(`${webhook.url}/start-build`, webhook.ca, request);
        return at(JSON.parse(text), 'response', 'warnings');
      };
      await web.createBuildConfig('announced', { labels: enabled });
      await waitFor('the watch to know the BuildConfig', async () => (await warningsFor('announced')) !== undefined);
      assert.deepEqual(await warningsFor('announced'), [
        'full build: it is the first Build since its BuildConfig opted in',
      ]);
      const first = await web.startBuild('announced');
      assert.equal(at(first.stored, 'metadata', 'annotations', `${ours}/reason`), 'first_build');
      await web.completeBuild('announced-1');
      await waitFor('the watch to know the Build', async () =>
        JSON.stringify(await warningsFor('announced')).includes('incremental'),
      );
      assert.deepEqual(await warningsFor('announced'), ['incremental build from announced-1']);
      const second = await web.startBuild('announced');
      assert.equal(at(second.stored, 'metadata', 'annotations', `${ours}/previous-build`), 'announced-1');
    });

    it('counts BuildConfigs and reports that it is synced', async () => {
      assert.match(await webhook.readiness(), /^\[\+\] history: synced, [1-9][0-9]* BuildConfigs\n(?:.*\n)*ready\n$/m);
    });

    it('follows Builds that complete out of order or are deleted', async () => {
      const started = await startChain('disorder');
      await web.startBuild('disorder');
      await web.startBuild('disorder');
      await web.completeBuild('disorder-3');
      await web.completeBuild('disorder-2');
      const fourth = await web.startBuild('disorder');
      assert.deepEqual(chainFactsOf(fourth.stored), continuedFrom('disorder-3', imageOf('disorder-3'), 2, started));
      await web.delete('Build', 'disorder-3');
      const fifth = await web.startBuild('disorder');
      assert.deepEqual(chainFactsOf(fifth.stored), continuedFrom('disorder-2', imageOf('disorder-2'), 2, started));
    });

    it('follows output repository and pull Secret of the BuildConfig', async () => {
      const started = await startChain('moved');
      await annotate('BuildConfig', 'moved', {
        [`${ours}/output-repository`]: 'quay.example.com/new/app',
        [`${ours}/pull-secret`]: 'old-registry',
      });
      const { stored } = await web.startBuild('moved');
      assert.deepEqual(chainFactsOf(stored), continuedFrom('moved-1', imageOf('moved-1'), 1, started));
      assert.match(String(at(stored, 'spec', 'output', 'to', 'name')), /^quay\.example\.com\/new\/app:[0-9]{14}$/);
      assert.deepEqual(at(stored, 'spec', 'strategy', 'sourceStrategy', 'pullSecret'), { name: 'old-registry' });
    });

    it('restarts a chain whose previous Build had an additional variable', async () => {
      await startChain('once');
      await web.startBuild('once', { env: [{ name: 'EXTRA', value: '1' }] });
      await web.completeBuild('once-2');
      const { stored } = await web.startBuild('once');
      const { started } = chainFactsOf(stored);
      assert.deepEqual(chainFactsOf(stored), fullBuild('env_removed', pythonImage, started));
    });

    it('only restores a clone whose BuildConfig has opted out', async () => {
      await startChain('leaving');
      const { sent } = await web.startBuild('leaving');
      await web.edit('BuildConfig', 'leaving', (object) => ({
        ...object,
        metadata: { ...object.metadata, labels: {} },
      }));
      const { stored } = await web.cloneBuild('leaving-2');
      assert.deepEqual(stored['spec'], sent['spec']);
      const annotations = Object.keys(at(stored, 'metadata', 'annotations') as object);
      assert.deepEqual(
        annotations.filter((key) => key.startsWith(ours)),
        [],
      );
    });
  });

  describe('record of a Build', () => {
    it('is restored when an update changes it, with a warning; the rest of the update stays', async () => {
      await startChain('kept');
      const { stored: before } = await web.startBuild('kept');
      const { stored, warnings } = await annotate('Build', 'kept-2', {
        team: 'web',
        [`${ours}/chain-depth`]: '0',
        [`${ours}/reason`]: undefined,
      });
      const annotations = { ...(at(before, 'metadata', 'annotations') as object), team: 'web' };
      assert.deepEqual(at(stored, 'metadata', 'annotations'), annotations);
      assert.deepEqual(warnings, [`restored read-only annotations: ${ours}/reason, ${ours}/chain-depth`]);

      const full = await annotate('Build', 'kept-1', { [`${ours}/previous-build`]: 'kept-0' });
      assert.equal(at(full.stored, 'metadata', 'annotations', `${ours}/previous-build`), undefined);
    });

    it('is not checked when only the status is written', async () => {
      await startChain('quiet');
      const counted = await webhook.countRequests({ operation: 'UPDATE' });
      await web.startBuild('quiet');
      await web.completeBuild('quiet-2');
      assert.equal(await webhook.countRequests({ operation: 'UPDATE' }), counted);
    });
  });

  describe('interrupted watch', () => {
    it('is opened again after the API server was down', async () => {
      const started = await startChain('away');
      await controlPlane.stopApiServer();
      await waitFor('the webhook to notice', async () => /history: not synced/.test(await webhook.readiness()));
      await controlPlane.startApiServer();
      await webhook.synced();
      const { stored } = await web.startBuild('away');
      assert.deepEqual(chainFactsOf(stored), continuedFrom('away-1', imageOf('away-1'), 1, started));
    });

    it('lists again if its version expired, and misses nothing', async () => {
      await webhook.synced();
      const started = await startChain('forgotten');
      await web.startBuild('forgotten');
      const syncs = () => webhook.logged.filter(({ message }) => message === 'history synced').length;
      const known = syncs();
      // Other objects increase the server's revision beyond that of the watches.
      for (const name of ['passing-1', 'passing-2', 'passing-3']) await admin.createNamespace(name);
      await controlPlane.compact();
      await controlPlane.restartApiServer();
      await waitFor('both watches to list anew', () => syncs() >= known + 2);
      await webhook.synced();
      const interrupted = webhook.logged.filter(
        ({ message }) => message === 'history watch interrupted, reading from the API server',
      );
      assert.ok(
        interrupted.some((line) => at(line, 'error', 'code') === 'gone'),
        JSON.stringify(interrupted),
      );

      await web.completeBuild('forgotten-2');
      const { stored } = await web.startBuild('forgotten');
      assert.deepEqual(chainFactsOf(stored), continuedFrom('forgotten-2', imageOf('forgotten-2'), 2, started));
    });
  });
}
