import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, stringAt } from '../../../src/openshift/json.ts';
import { digestOf, pythonImage, withoutServerFields } from '../../helpers/cluster/builds.ts';
import { chainFactsOf, continuedFrom, fullBuild } from '../../helpers/cluster/chain-facts.ts';
import { webhookRoleBinding } from '../../helpers/cluster/manifests.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const enabled = { 's2i-incremental.io/enabled': 'true' };

export function describeFailures({ cluster, web, webhook, webhookUser }: TestBed): void {
  describe('failures', () => {
    it('Builds are unmodified while the webhook is dead, and changed when it is back', async () => {
      await web.createBuildConfig('orphaned', { labels: enabled });
      await web.startBuild('orphaned');
      await web.completeBuild('orphaned-1');

      await webhook.kill();
      const unpatched = await web.startBuild('orphaned');
      assert.deepEqual(withoutServerFields(unpatched.stored), unpatched.sent);
      await web.completeBuild('orphaned-2');

      await webhook.start();
      const next = await web.startBuild('orphaned');
      // The Build in between was not admitted, but it is the newest complete one, and its image starts a chain.
      const image = `harbor.example.com/web/orphaned@${digestOf('orphaned-2')}`;
      const started = unpatched.stored.metadata['creationTimestamp'];
      assert.deepEqual(chainFactsOf(next.stored), continuedFrom('orphaned-2', image, 1, started));
      assert.match(
        stringAt(next.stored, 'spec', 'output', 'to', 'name') ?? '',
        /^harbor\.example\.com\/web\/orphaned:[0-9]{14}$/,
      );
    });

    it('the webhook stops at SIGTERM with status 0, and starts again', async () => {
      await web.createBuildConfig('rolled', { labels: enabled });
      assert.equal(await webhook.stop(), 0);
      assert.equal(webhook.logged.at(-1)?.message, 'stopped');
      await webhook.start();
      const { stored } = await web.startBuild('rolled');
      assert.equal(chainFactsOf(stored).reason, 'first_build');
    });

    it('a Build is full and tagged while the history cannot be read', async () => {
      const { admin } = cluster;
      await web.createBuildConfig('blind', { labels: enabled });
      await web.startBuild('blind');
      await web.completeBuild('blind-1');

      const binding = webhookRoleBinding(webhookUser.name);
      await admin.delete('ClusterRoleBinding', binding.metadata.name);
      await waitFor("the webhook's rights to be gone", async () => !(await mayList()));
      // An open watch stays open; a new one is rejected.
      await webhook.stop();
      await webhook.start();
      assert.match(
        await webhook.readiness(),
        /^\[\+\] history: not synced, reading from the API server for each Build$/m,
      );
      const blind = await web.startBuild('blind').finally(() => admin.create(binding));
      const started = chainFactsOf(blind.stored).started;
      assert.deepEqual(chainFactsOf(blind.stored), fullBuild('history_unavailable', pythonImage, started));
      assert.match(
        stringAt(blind.stored, 'spec', 'output', 'to', 'name') ?? '',
        /^harbor\.example\.com\/web\/blind:[0-9]{14}-2$/,
      );
      const warnings = webhook.logged.filter(({ message }) => message === 'admitted, but some lookups failed');
      assert.deepEqual(
        warnings.map((line) => [line['level'], line['name'], line['reason'], at(line, 'error', 'code')]),
        [['warn', 'blind-2', 'history_unavailable', 403]],
      );

      await waitFor("the webhook's rights to be back", mayList);
      await webhook.synced();
      await web.completeBuild('blind-2');
      const next = await web.startBuild('blind');
      const image = `harbor.example.com/web/blind@${digestOf('blind-2')}`;
      assert.deepEqual(chainFactsOf(next.stored), continuedFrom('blind-2', image, 1, started));
    });

    it('chains continue after a restart of the API server', async () => {
      await web.createBuildConfig('resumed', { labels: enabled });
      const first = await web.startBuild('resumed');
      await web.completeBuild('resumed-1');
      await cluster.controlPlane.restartApiServer();
      await waitFor('rights to be known again', mayList);
      const next = await web.startBuild('resumed');
      const image = `harbor.example.com/web/resumed@${digestOf('resumed-1')}`;
      const { started } = chainFactsOf(first.stored);
      assert.deepEqual(chainFactsOf(next.stored), continuedFrom('resumed-1', image, 1, started));
    });
  });

  async function mayList(): Promise<boolean> {
    try {
      await webhookUser.client.list('Build', 'web');
      return true;
    } catch (error) {
      if (at(error, 'code') === 403) return false;
      throw error;
    }
  }
}
