import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectAt, withValue } from '../../../src/openshift/json.ts';
import { withoutServerFields } from '../../helpers/cluster/builds.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';

const enabled = { 's2i-incremental.io/enabled': 'true' };

/** The changes of the webhook to a BuildConfig that opts in. */
const optedIn = (sent: KubernetesObject): KubernetesObject => {
  const origin = {
    version: 1,
    strategy: 'Source',
    from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' },
    incremental: null,
    scripts: null,
    output: {
      to: { kind: 'DockerImage', name: `harbor.example.com/web/${sent.metadata.name}:1.0` },
      pushSecret: { name: 'harbor-push' },
    },
    env: ['FOO'],
    applied: { incremental: true },
  };
  const flagged = withValue(sent, ['spec', 'strategy', 'sourceStrategy', 'incremental'], true);
  const annotations = { ...(sent.metadata['annotations'] as object), 's2i-incremental.io/origin': origin };
  return withValue(flagged, ['metadata', 'annotations'], annotations) as KubernetesObject;
};

export function describeBuildConfigs({ web, webhook }: TestBed): void {
  describe('BuildConfig admission', () => {
    it('adds origin and incremental: true to a BuildConfig created opted in', async () => {
      const { sent, warnings } = await web.createBuildConfig('born', { labels: enabled, annotations: { team: 'web' } });
      assert.deepEqual(withParsedOrigin(await web.get('BuildConfig', 'born')), optedIn(sent));
      assert.deepEqual(warnings, []);
    });

    it('adds origin and incremental: true to a BuildConfig labelled later', async () => {
      await web.createBuildConfig('labelled', { labels: { app: 'shop' } });
      const { sent } = await web.edit(
        'BuildConfig',
        'labelled',
        (buildConfig) =>
          withValue(buildConfig, ['metadata', 'labels'], { app: 'shop', ...enabled }) as KubernetesObject,
      );
      assert.deepEqual(withParsedOrigin(await web.get('BuildConfig', 'labelled')), optedIn(withoutServerFields(sent)));
    });

    it('changes nothing when a Build is counted in its status', async () => {
      await web.createBuildConfig('counted', { labels: enabled });
      const before = await webhook.countRequests();
      const { sent, stored } = await web.countBuild('counted');
      assert.deepEqual(sent['status'], { lastVersion: 1 });
      assert.deepEqual(withoutServerFields(stored), withoutServerFields(sent));
      // The match condition of the webhook configuration excludes it.
      assert.equal(await webhook.countRequests(), before);
    });

    it('is not called for a BuildConfig that did not opt in', async () => {
      const before = await webhook.countRequests();
      const { sent } = await web.createBuildConfig('foreign', { annotations: { team: 'web' } });
      assert.deepEqual(withoutServerFields(await web.get('BuildConfig', 'foreign')), sent);
      assert.equal(await webhook.countRequests(), before);
    });

    it('warns about an unsupported label value', async () => {
      const labels = { ...enabled, 's2i-incremental.io/incremental': 'sometimes' };
      const { warnings } = await web.createBuildConfig('unsure', { labels });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /s2i-incremental\.io\/incremental.*"sometimes".*\bchain, false\b/);
    });
  });
}

/** Returns a BuildConfig without server fields, with the `…/origin` annotation parsed. */
function withParsedOrigin(buildConfig: KubernetesObject): unknown {
  const object = withoutServerFields(buildConfig);
  const annotations = objectAt(object, 'metadata', 'annotations') ?? {};
  const origin = JSON.parse(String(annotations['s2i-incremental.io/origin'])) as unknown;
  return withValue(object, ['metadata', 'annotations', 's2i-incremental.io/origin'], origin);
}
