import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type JsonObject, arrayAt, at, withValue, withoutValue } from '../../../src/openshift/json.ts';
import { buildConfigOf, withoutServerFields } from '../../helpers/cluster/builds.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import { type TestBed, testBedConfig } from '../../helpers/cluster/test-bed.ts';

const labelsPath = ['metadata', 'labels'];
const originPath = ['metadata', 'annotations', 's2i-incremental.io/origin'];
const strategyPath = ['spec', 'strategy', 'sourceStrategy'];
const enabled = { 's2i-incremental.io/enabled': 'true' };
const injected = { name: 'PIP_INDEX_URL', value: 'https://pypi.example.com/simple' };
const trusted = { name: 'PIP_TRUSTED_HOST', value: 'pypi.example.com' };

/** Returns a manifest as in git: without status and null fields. */
function manifestOf(name: string, labels?: Readonly<Record<string, string>>): KubernetesObject {
  const { status: _status, ...manifest } = buildConfigOf(name, 'web', labels === undefined ? {} : { labels });
  return withoutValue(manifest, ['spec', 'nodeSelector']) as KubernetesObject;
}

function change(object: KubernetesObject, path: readonly string[], value: unknown): KubernetesObject {
  return withValue(object, path, value) as KubernetesObject;
}

/** Asserts that a stored BuildConfig equals its manifest, with everything applied. */
function assertOptedIn(stored: KubernetesObject): void {
  assert.equal(at(stored, ...strategyPath, 'incremental'), true);
  assert.deepEqual(arrayAt(stored, ...strategyPath, 'env'), [{ name: 'FOO', value: 'bar' }, injected, trusted]);
  const origin = JSON.parse(String(at(stored, ...originPath))) as JsonObject;
  assert.deepEqual(origin, {
    version: 1,
    strategy: 'Source',
    from: at(stored, ...strategyPath, 'from'),
    incremental: null,
    scripts: null,
    output: at(stored, 'spec', 'output'),
    env: ['FOO'],
    applied: { incremental: true, env: [injected, trusted] },
  });
}

export function describeGitOps({ web, webhook, kubectl }: TestBed): void {
  const stored = async (name: string) => withoutServerFields(await web.get('BuildConfig', name));
  const version = async (name: string) => (await web.get('BuildConfig', name)).metadata['resourceVersion'];
  const label = (name: string, text: string) =>
    kubectl.run(['label', 'buildconfig', name, `s2i-incremental.io/${text}`]);

  describe('BuildConfig managed by kubectl, with injectEnv', () => {
    before(() => webhook.restart(`${testBedConfig}\nbuildConfig: {injectEnv: true}\n`));
    after(() => webhook.restart());

    it('applied, labelled, applied and replaced again, edited and unlabelled has only the edit in the end', async () => {
      const manifest = manifestOf('git-story');
      await kubectl.run(['apply', '-f', '-'], manifest);
      const beginning = await stored('git-story');

      await label('git-story', 'enabled=true');
      const optedIn = await stored('git-story');
      assertOptedIn(optedIn);

      // The sent object differs from the stored one, so the server records one write of kubectl, and no further one.
      await nextSecond();
      await kubectl.run(['apply', '-f', '-'], manifest);
      assert.deepEqual(await stored('git-story'), optedIn);
      const settled = await version('git-story');
      await kubectl.run(['apply', '-f', '-'], manifest);
      assert.equal(await version('git-story'), settled, 'applying the same manifest again wrote something');

      await kubectl.run(['replace', '-f', '-'], change(manifest, labelsPath, enabled));
      assertOptedIn(await stored('git-story'));

      const patch = JSON.stringify({ spec: { strategy: { sourceStrategy: { from: { name: 'python:3.13' } } } } });
      await kubectl.run(['patch', 'buildconfig', 'git-story', '--type=merge', '-p', patch]);
      assertOptedIn(await stored('git-story'));

      await label('git-story', 'enabled-');
      // Replacing removed kubectl's annotation; opting out left no empty map of labels.
      const expected = change(withoutAnnotations(beginning), [...strategyPath, 'from', 'name'], 'python:3.13');
      assert.deepEqual(await stored('git-story'), expected);
    });

    it('labelled and unlabelled twice, or with the label set to false, is byte for byte the same', async () => {
      await kubectl.run(['apply', '-f', '-'], manifestOf('git-twice'));
      const beginning = JSON.stringify(await stored('git-twice'));
      for (let round = 0; round < 2; round += 1) {
        await label('git-twice', 'enabled=true');
        assertOptedIn(await stored('git-twice'));
        await label('git-twice', 'enabled-');
        assert.equal(JSON.stringify(await stored('git-twice')), beginning);
      }
      await label('git-twice', 'enabled=true');
      await kubectl.run(['label', '--overwrite', 'buildconfig', 'git-twice', 's2i-incremental.io/enabled=false']);
      const off = JSON.parse(beginning) as KubernetesObject;
      assert.deepEqual(await stored('git-twice'), change(off, labelsPath, { 's2i-incremental.io/enabled': 'false' }));
    });

    it('applied server-side by two managers does not drift, and either can end the opt-in', async () => {
      const manifest = manifestOf('git-two');
      const optIn = {
        apiVersion: manifest['apiVersion'],
        kind: manifest.kind,
        metadata: { name: 'git-two', namespace: 'web', labels: enabled },
      };
      const apply = (manager: string, object: KubernetesObject) =>
        kubectl.run(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-'], object);

      await apply('git', manifest);
      const beginning = await stored('git-two');
      await apply('platform', optIn);
      assertOptedIn(await stored('git-two'));

      // The list of variables differs from the one that git sent, so its next write is recorded once; nothing else
      // changes.
      await nextSecond();
      await apply('git', manifest);
      assertOptedIn(await stored('git-two'));
      const settled = await version('git-two');
      for (const [manager, object] of [
        ['git', manifest],
        ['platform', optIn],
        ['git', manifest],
      ] as const) {
        await apply(manager, object);
        assert.equal(await version('git-two'), settled, `${manager} wrote something`);
      }
      // What tools show that compare with a dry run. It exits with 1 if there is a difference.
      for (const way of [['--server-side', '--field-manager=git'], ['--server-side=false']]) {
        assert.deepEqual(await kubectl.run(['diff', ...way, '-f', '-'], manifest), { stdout: '', warnings: [] });
      }
      const owners = (await web.get('BuildConfig', 'git-two')).metadata['managedFields'] as readonly JsonObject[];
      const ownFields = owners.map(({ fieldsV1 }) => JSON.stringify(fieldsV1)).join();
      assert.doesNotMatch(ownFields, /f:incremental|f:s2i-incremental.io\/origin/);

      // A change of one manager's field does not conflict with the webhook's changes.
      const moved = change(manifest, ['spec', 'output', 'to', 'name'], 'harbor.example.com/web/moved:1');
      await apply('git', moved);
      assertOptedIn(await stored('git-two'));

      await apply('platform', withoutValue(optIn, labelsPath) as KubernetesObject);
      assert.deepEqual(
        await stored('git-two'),
        change(beginning, ['spec', 'output', 'to', 'name'], 'harbor.example.com/web/moved:1'),
      );
    });

    it('with the origin of another cluster gets its own, which is not written repeatedly', async () => {
      const foreign = {
        version: 1,
        strategy: 'Source',
        from: { kind: 'ImageStreamTag', name: 'ruby:3.3' },
        incremental: null,
        scripts: null,
        output: null,
        env: [],
        applied: {},
      };
      const manifest = change(manifestOf('git-carried', enabled), ['metadata', 'annotations'], {
        's2i-incremental.io/origin': JSON.stringify(foreign),
      });
      await kubectl.run(['apply', '-f', '-'], manifest);
      assertOptedIn(await stored('git-carried'));
      const settled = await version('git-carried');
      await kubectl.run(['apply', '-f', '-'], manifest);
      assert.equal(await version('git-carried'), settled);

      await label('git-carried', 'enabled-');
      const { annotations: _annotations, labels: _labels, ...metadata } = manifest.metadata;
      const { annotations, ...left } = (await stored('git-carried')).metadata;
      assert.deepEqual(left, metadata);
      assert.deepEqual(Object.keys(annotations as object), ['kubectl.kubernetes.io/last-applied-configuration']);
      assert.deepEqual((await stored('git-carried'))['spec'], manifest['spec']);
    });

    it('exported, deleted and imported is the same, and can opt out', async () => {
      const manifest = manifestOf('git-moved', enabled);
      await kubectl.run(['create', '-f', '-'], manifest);
      const optedIn = await stored('git-moved');
      const { stdout } = await kubectl.run(['get', 'buildconfig', 'git-moved', '-o', 'json']);
      await kubectl.run(['delete', 'buildconfig', 'git-moved']);
      const { uid: _uid, resourceVersion: _version, ...metadata } = (JSON.parse(stdout) as KubernetesObject).metadata;
      await kubectl.run(['create', '-f', '-'], { ...(JSON.parse(stdout) as KubernetesObject), metadata });
      assert.deepEqual(await stored('git-moved'), optedIn);

      await label('git-moved', 'enabled-');
      assert.deepEqual(await stored('git-moved'), withoutValue(manifest, labelsPath));
    });

    it('with an unreadable origin is unmodified, with a warning', async () => {
      const manifest = change(manifestOf('git-future', enabled), ['metadata', 'annotations'], {
        's2i-incremental.io/origin': '{"version":2}',
      });
      const warning = 'annotation s2i-incremental.io/origin cannot be read: it is kept, and nothing is restored';
      assert.deepEqual((await kubectl.run(['create', '-f', '-'], manifest)).warnings, [warning]);
      assert.deepEqual(await stored('git-future'), manifest);
      assert.deepEqual((await label('git-future', 'enabled-')).warnings, [warning]);
      assert.deepEqual(await stored('git-future'), withoutValue(manifest, labelsPath));
    });

    it('is not written when OpenShift counts a Build', async () => {
      await kubectl.run(['create', '-f', '-'], manifestOf('git-status', enabled));
      const optedIn = await stored('git-status');
      await web.countBuild('git-status', 1);
      assert.deepEqual(await stored('git-status'), { ...optedIn, status: { lastVersion: 1 } });
    });
  });

  it('a BuildConfig is restored at its next edit with buildConfig.mutate: false', async () => {
    const manifest = manifestOf('git-released', enabled);
    await kubectl.run(['create', '-f', '-'], manifest);
    await webhook.restart(`${testBedConfig}\nbuildConfig: {mutate: false}\n`);
    try {
      const { warnings } = await kubectl.run(['annotate', 'buildconfig', 'git-released', 'team=web']);
      assert.deepEqual(warnings, []);
      assert.deepEqual(await stored('git-released'), change(manifest, ['metadata', 'annotations'], { team: 'web' }));
    } finally {
      await webhook.restart();
    }
  });
}

/**
 * Waits for the next second: the server sorts managers of fields by the second of their last write, so later writes no
 * longer change the order.
 */
function nextSecond(): Promise<void> {
  return delay(1_000 - (Date.now() % 1_000) + 100);
}

function withoutAnnotations(object: KubernetesObject): KubernetesObject {
  return withoutValue(object, ['metadata', 'annotations']) as KubernetesObject;
}
