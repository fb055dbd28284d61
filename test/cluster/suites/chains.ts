import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, objectAt, stringAt, withValue } from '../../../src/openshift/json.ts';
import {
  buildOf,
  completeOf,
  digestOf,
  formatNow,
  imageOf,
  pythonImage,
  withoutServerFields,
} from '../../helpers/cluster/builds.ts';
import { chainFactsOf, continuedFrom, fullBuild } from '../../helpers/cluster/chain-facts.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import { OpenShift } from '../../helpers/cluster/openshift.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';

const enabled = { 's2i-incremental.io/enabled': 'true' };

const startedOf = (build: KubernetesObject) => chainFactsOf(build).started;

export function describeChains({ alice, cluster, web }: TestBed): void {
  describe('chains', () => {
    it('continue each Build from the one completed before it', async () => {
      await web.createBuildConfig('api', { labels: enabled });
      const first = await web.startBuild('api');
      const started = startedOf(first.stored);
      assert.deepEqual(chainFactsOf(first.stored), fullBuild('first_build', pythonImage, started));
      await web.completeBuild('api-1');

      const second = await web.startBuild('api');
      const firstImage = `harbor.example.com/web/api@${digestOf('api-1')}`;
      assert.deepEqual(chainFactsOf(second.stored), continuedFrom('api-1', firstImage, 1, started));
      await web.completeBuild('api-2');

      const third = await web.startBuild('api');
      const secondImage = `harbor.example.com/web/api@${digestOf('api-2')}`;
      assert.deepEqual(chainFactsOf(third.stored), continuedFrom('api-2', secondImage, 2, started));

      const outputs = [first, second, third].map(({ stored }) => at(stored, 'spec', 'output', 'to', 'name'));
      assert.equal(new Set(outputs).size, 3);
    });

    it('skip incomplete Builds with a higher number', async () => {
      await web.createBuildConfig('queued', { labels: enabled });
      const first = await web.startBuild('queued');
      await web.completeBuild('queued-1');
      await web.startBuild('queued');
      const third = await web.startBuild('queued');
      const image = `harbor.example.com/web/queued@${digestOf('queued-1')}`;
      assert.deepEqual(chainFactsOf(third.stored), continuedFrom('queued-1', image, 1, startedOf(first.stored)));
    });

    it('restart at a clean build, and continue from it', async () => {
      await web.createBuildConfig('cleaned', { labels: enabled });
      await web.startBuild('cleaned');
      await web.completeBuild('cleaned-1');
      const clean = await web.startBuild('cleaned', { incremental: false });
      const started = startedOf(clean.stored);
      assert.deepEqual(chainFactsOf(clean.stored), fullBuild('clean_build_requested', pythonImage, started));
      await web.completeBuild('cleaned-2');
      const next = await web.startBuild('cleaned');
      const image = `harbor.example.com/web/cleaned@${digestOf('cleaned-2')}`;
      assert.deepEqual(chainFactsOf(next.stored), continuedFrom('cleaned-2', image, 1, started));
    });

    it('ignore Builds of another BuildConfig, even with the same shortened label', async () => {
      // OpenShift cuts the label to 63 characters, so these two share it.
      const common = 'shop-'.repeat(13).slice(0, 63);
      const [theirs, ours] = [`${common}their`, `${common}our`];
      for (const name of [theirs, ours]) await web.createBuildConfig(name, { labels: enabled });
      const other = await web.startBuild(theirs);
      await web.completeBuild(`${theirs}-1`);
      const own = await web.startBuild(ours);
      const label = (build: KubernetesObject) => at(build, 'metadata', 'labels', 'openshift.io/build-config.name');
      assert.equal(label(own.stored), common);
      assert.equal(label(other.stored), common);
      assert.deepEqual(chainFactsOf(own.stored), fullBuild('first_build', pythonImage, startedOf(own.stored)));
    });

    it('ignore Builds of another namespace', async () => {
      const other = new OpenShift(cluster.admin, 'other');
      for (const place of [other, web]) await place.createBuildConfig('twin', { labels: enabled });
      await other.startBuild('twin');
      await other.completeBuild('twin-1');
      const own = await web.startBuild('twin');
      assert.deepEqual(chainFactsOf(own.stored), fullBuild('first_build', pythonImage, startedOf(own.stored)));
    });

    it('ignore Builds of a BuildConfig that was deleted and created again', async () => {
      const before = await web.createBuildConfig('reborn', { labels: enabled });
      await web.startBuild('reborn');
      await web.completeBuild('reborn-1');
      await web.delete('BuildConfig', 'reborn');
      const after = await web.createBuildConfig('reborn', { labels: enabled });
      assert.notEqual(after.stored.metadata['uid'], before.stored.metadata['uid']);
      const second = await web.startBuild('reborn', { number: 2 });
      assert.deepEqual(chainFactsOf(second.stored), fullBuild('first_build', pythonImage, startedOf(second.stored)));
    });

    it('restore a clone, and continue it from the newest complete Build', async () => {
      await web.createBuildConfig('again', { labels: enabled });
      const first = await web.startBuild('again');
      await web.completeBuild('again-1');
      const second = await web.startBuild('again');
      await web.completeBuild('again-2');

      const clone = await web.cloneBuild('again-1');
      const annotation = (build: KubernetesObject, name: string) => at(build, 'metadata', 'annotations', name);
      assert.equal(annotation(clone.sent, 's2i-incremental.io/admitted-as'), 'again-1');
      assert.equal(annotation(clone.stored, 's2i-incremental.io/admitted-as'), 'again-3');
      assert.equal(annotation(clone.stored, 'openshift.io/build.clone-of'), 'again-1');
      const image = `harbor.example.com/web/again@${digestOf('again-2')}`;
      assert.deepEqual(chainFactsOf(clone.stored), continuedFrom('again-2', image, 2, startedOf(first.stored)));

      // The origin is that of its source, without additions.
      for (const name of ['origin', 'origin-from']) {
        const key = `s2i-incremental.io/${name}`;
        assert.equal(annotation(clone.stored, key), annotation(first.stored, key));
      }
      const envOf = (build: KubernetesObject) => at(build, 'spec', 'strategy', 'sourceStrategy', 'env');
      assert.deepEqual(envOf(clone.stored), envOf(first.stored));
      const outputs = [first, second, clone].map(
        ({ stored }) => stringAt(stored, 'spec', 'output', 'to', 'name') ?? '',
      );
      assert.equal(new Set(outputs).size, 3);
      assert.match(outputs[2] ?? '', /^harbor\.example\.com\/web\/again:[0-9]{14}$/);
    });

    it('find the newest complete Build among several pages', async () => {
      await web.createBuildConfig('busy', { labels: enabled });
      const { stored: buildConfig } = await web.countBuild('busy', 999);
      // Earlier Builds are pruned. Lists are sorted by name, so the newest is last, on the second page.
      const numbers = Array.from({ length: 520 }, (_, index) => 480 + index);
      const started = formatNow();
      const builds = numbers.map((number) => admittedBuildOf(buildConfig, number, started));
      await inParallel(builds, 16, async (build) => {
        const { object } = await alice.create(build);
        assert.deepEqual(withoutServerFields(object), build);
      });

      const next = await web.startBuild('busy', { number: 1000 });
      const image = imageOf(builds.at(-1) as KubernetesObject);
      assert.equal(image, `harbor.example.com/web/busy@${digestOf('busy-999')}`);
      assert.deepEqual(chainFactsOf(next.stored), continuedFrom('busy-999', image, 4, started));
    });
  });
}

/** Returns a complete Build that was admitted earlier, as restored from a backup. */
function admittedBuildOf(buildConfig: KubernetesObject, number: number, started: string): KubernetesObject {
  const build = buildOf({ ...buildConfig, status: { lastVersion: number } });
  const tagged = withValue(build, ['spec', 'output', 'to', 'name'], `harbor.example.com/web/busy:20260101000${number}`);
  const annotated = withValue(tagged, ['metadata', 'annotations'], {
    ...objectAt(build, 'metadata', 'annotations'),
    's2i-incremental.io/admitted-as': build.metadata.name,
    's2i-incremental.io/chain-depth': '3',
    's2i-incremental.io/chain-started': started,
  }) as KubernetesObject;
  return completeOf(annotated, digestOf(build.metadata.name));
}

/** Processes items in parallel. */
async function inParallel<T>(items: readonly T[], workers: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of rest) await act(item);
    }),
  );
}
