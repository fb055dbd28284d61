import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type JsonObject, arrayAt, at, stringAt, withValue, withoutValue } from '../../../src/openshift/json.ts';
import { buildConfigOf, buildOf, imageOf, pythonImage, withoutServerFields } from '../../helpers/cluster/builds.ts';
import { chainFactsOf, continuedFrom, fullBuild } from '../../helpers/cluster/chain-facts.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import { developerRights, namespaceRights } from '../../helpers/cluster/manifests.ts';
import { OpenShift } from '../../helpers/cluster/openshift.ts';
import { type TestBed, testBedConfig } from '../../helpers/cluster/test-bed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const enabled = 's2i-incremental.io/enabled';

/** Two indexes for two teams, and the allowed repositories. */
const tenantsConfig = `
assemble:
  wrapper: false
  profiles:
    a: {like: python, namespaces: [team-a], url: "https://pypi.example.com/a/simple"}
    b: {like: python, namespaces: ["team-b*"], url: "https://pypi.example.com/b/simple"}
output: {allowedRepositories: ["harbor.example.com/{namespace}/*"]}
server: {shutdownDelay: 0s}
`;

export function describeNamespaces({ cluster, alice, kubectl, webhook, webhookUser }: TestBed): void {
  const { admin } = cluster;

  /** Changes a label of a namespace, and waits until the API server's webhooks use it. */
  async function label(
    namespace: string,
    value: 'true' | 'false' | null,
    more: Readonly<Record<string, string | null>> = {},
  ): Promise<void> {
    await admin.request({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { ...more, [enabled]: value } } },
    });
    const probe = withValue(buildConfigOf('probe', namespace), ['spec', 'successfulBuildsHistoryLimit'], 0);
    await waitFor('the label of the namespace to take effect', async () => {
      const { warnings } = await admin.create(probe as KubernetesObject, { dryRun: 'All' });
      return warnings.length > 0 === (value === 'true');
    });
  }

  describe('opted-in namespace', () => {
    const team = new OpenShift(alice, 'team-a');
    const apply = (manifest: JsonObject) =>
      kubectl.run(['-n', 'team-a', 'apply', '-f', '-'], manifest as KubernetesObject);
    const labelled = (text: string) =>
      kubectl.run(['-n', 'team-a', 'label', '--overwrite', 'buildconfig', 'shop', `${enabled}${text}`]);
    const stored = async () => {
      const { status: _status, ...buildConfig } = withoutServerFields(await team.get('BuildConfig', 'shop'));
      return JSON.stringify(buildConfig);
    };
    const { status: _status, ...whole } = buildConfigOf('shop', 'team-a');
    const manifest = withoutValue(whole, ['spec', 'nodeSelector']);
    let beginning = '';

    /** Completes the next Build of shop. */
    async function build(): Promise<KubernetesObject> {
      const { name } = (await team.startBuild('shop')).stored.metadata;
      return (await team.completeBuild(name)).stored;
    }

    before(async () => {
      for (const namespace of ['team-a', 'team-b']) {
        await admin.createNamespace(namespace);
        for (const object of developerRights('alice', namespace)) await admin.create(object);
      }
      await waitFor("alice's rights to take effect", async () => Array.isArray(await alice.list('Build', 'team-b')));
      await apply(manifest);
      await team.edit('BuildConfig', 'shop', (buildConfig) => ({ ...buildConfig, status: { lastVersion: 0 } }));
      beginning = await stored();
    });
    after(() => label('team-a', null));

    it('has incremental Builds, and unmodified BuildConfigs', async () => {
      const before = await build();
      assert.equal(at(before, 'metadata', 'annotations', 's2i-incremental.io/decision'), undefined);

      await label('team-a', 'true');
      const first = await build();
      const { started } = chainFactsOf(first);
      assert.deepEqual(chainFactsOf(first), fullBuild('first_build', pythonImage, started));
      const second = await build();
      assert.deepEqual(chainFactsOf(second), continuedFrom('shop-2', imageOf(first), 1, started));
      assert.deepEqual(at(second, 'metadata', 'labels', enabled), undefined);
      assert.equal(await stored(), beginning);

      const version = at(await team.get('BuildConfig', 'shop'), 'metadata', 'resourceVersion');
      await apply(manifest);
      assert.equal(at(await team.get('BuildConfig', 'shop'), 'metadata', 'resourceVersion'), version);
    });

    it('protects the records of its Builds', async () => {
      const key = 's2i-incremental.io/decision';
      const { stored, warnings } = await team.edit(
        'Build',
        'shop-3',
        (object) => withValue(object, ['metadata', 'annotations', key], 'full') as KubernetesObject,
      );
      assert.equal(at(stored, 'metadata', 'annotations', key), 'incremental');
      assert.deepEqual(warnings, [`restored read-only annotations: ${key}`]);
    });

    it('restores a clone', async () => {
      const clone = await team.cloneBuild('shop-3');
      await team.completeBuild('shop-4');
      assert.equal(chainFactsOf(clone.stored).reason, 'continued');
      assert.notEqual(at(clone.stored, 'spec', 'output', 'to', 'name'), at(clone.sent, 'spec', 'output', 'to', 'name'));
    });

    it('is overridden by the label of a BuildConfig, both ways', async () => {
      await labelled('=false');
      const out = await team.startBuild('shop');
      assert.deepEqual(withoutServerFields(out.stored), out.sent);
      await labelled('-');
      assert.equal(await stored(), beginning);
      assert.equal(chainFactsOf(await build()).reason, 'continued');

      await labelled('=true');
      assert.equal(
        at(await team.get('BuildConfig', 'shop'), 'spec', 'strategy', 'sourceStrategy', 'incremental'),
        true,
      );
      await apply(withValue(manifest, ['metadata', 'labels'], { [enabled]: 'true' }));
      await label('team-a', null);
      // The watch on objects with the label has not seen the Builds before it; the API server has them.
      assert.equal(chainFactsOf(await build()).reason, 'continued');
      await label('team-a', 'true');
      await apply(manifest);
      assert.equal(await stored(), beginning);
    });

    it('opts out, and everything is restored', async () => {
      await label('team-a', null);
      const own = await team.startBuild('shop');
      assert.deepEqual(withoutServerFields(own.stored), own.sent);
      assert.equal(await stored(), beginning);
    });
  });

  describe('namespaces.watch', () => {
    const rights = namespaceRights(webhookUser.name);
    before(async () => {
      for (const object of rights) await admin.create(object);
      await webhook.restart(`${testBedConfig}\nnamespaces: {watch: true}\n`);
      await label('team-a', 'true');
    });
    after(async () => {
      await label('team-a', null, { 's2i-incremental.io/incremental': null });
      await webhook.restart();
      for (const { kind, metadata } of rights) await admin.delete(kind, metadata.name);
    });

    it('makes the labels of a namespace defaults for its BuildConfigs', async () => {
      const team = new OpenShift(alice, 'team-a');
      const reasonNow = async () => {
        const { stored } = await team.startBuild('defaults');
        await team.completeBuild(stored.metadata.name);
        return chainFactsOf(stored).reason;
      };
      await team.createBuildConfig('defaults');
      await webhook.synced();
      assert.deepEqual([await reasonNow(), await reasonNow()], ['first_build', 'continued']);
      await label('team-a', 'true', { 's2i-incremental.io/incremental': 'false' });
      await waitFor('the label to be known', async () => (await reasonNow()) === 'incremental_off');
      const labels = { 's2i-incremental.io/incremental': 'chain' };
      await team.edit(
        'BuildConfig',
        'defaults',
        (object) => withValue(object, ['metadata', 'labels'], labels) as KubernetesObject,
      );
      assert.equal(await reasonNow(), 'continued');
      await label('team-a', 'true', { 's2i-incremental.io/incremental': null });
    });
  });

  describe('tenants', () => {
    before(async () => {
      await webhook.restart(tenantsConfig);
      for (const namespace of ['team-a', 'team-b']) await label(namespace, 'true');
    });
    after(async () => {
      for (const namespace of ['team-a', 'team-b']) await label(namespace, null);
      await webhook.restart();
    });

    it('have their own index, and push only to allowed repositories', async () => {
      const key = 's2i-incremental.io/output-repository';
      for (const [namespace, team] of [
        ['team-a', 'a'],
        ['team-b', 'b'],
      ] as const) {
        const shop = new OpenShift(alice, namespace);
        const allowed = `harbor.example.com/${namespace}/api`;
        await shop.createBuildConfig('api', { annotations: { [key]: allowed } });
        const { stored: build } = await shop.startBuild('api');
        const env = arrayAt(build, 'spec', 'strategy', 'sourceStrategy', 'env') ?? [];
        assert.deepEqual(
          env.find((variable) => at(variable, 'name') === 'PIP_INDEX_URL'),
          {
            name: 'PIP_INDEX_URL',
            value: `https://pypi.example.com/${team}/simple`,
          },
        );
        assert.match(stringAt(build, 'spec', 'output', 'to', 'name') ?? '', new RegExp(`^${allowed}:[0-9]{14}$`));

        const beyond = 'harbor.example.com/others/api';
        const { stored: buildConfig, warnings } = await shop.edit(
          'BuildConfig',
          'api',
          (object) => withValue(object, ['metadata', 'annotations', key], beyond) as KubernetesObject,
        );
        assert.deepEqual(warnings, [
          `annotation ${key} is ignored, not in output.allowedRepositories: ${beyond}`.slice(0, 117) + '...',
        ]);
        const { stored: next } = await shop.startBuild('api');
        assert.match(
          stringAt(next, 'spec', 'output', 'to', 'name') ?? '',
          /^harbor\.example\.com\/web\/api:[0-9]{14}$/,
        );
        assert.equal(buildOf(buildConfig).metadata.namespace, namespace);
      }
    });

    it('are limited by the documented policy', async (t) => {
      const file = new URL('../../../docs/allowed-repositories.yaml', import.meta.url);
      const objects = parseAllDocuments(readFileSync(file, 'utf8')).map(
        (document) => document.toJS() as KubernetesObject,
      );
      for (const object of objects) {
        const kinds = `${object.kind.toLowerCase().replace(/y$/, 'ie')}s`;
        const path = `/apis/admissionregistration.k8s.io/v1/${kinds}`;
        await admin.request({ method: 'POST', path, body: object });
        t.after(() => admin.request({ method: 'DELETE', path: `${path}/${object.metadata.name}` }));
      }
      const create = (repository: string) => {
        const annotations = { 's2i-incremental.io/output-repository': repository };
        return alice.create(buildConfigOf('limited', 'team-a', { annotations }), { dryRun: 'All' });
      };
      await waitFor('the policy to take effect', () =>
        create('harbor.example.com/others/api').then(
          () => false,
          (error: unknown) => JSON.stringify(error).includes('must begin with harbor.example.com/team-a/'),
        ),
      );
      await create('harbor.example.com/team-a/api');
      // team-a/api named another repository before the policy; counting a Build must still work.
      await new OpenShift(alice, 'team-a').countBuild('api');
    });
  });
}
