import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OpenCluster } from '../../../src/cli/open-cluster.ts';
import { readStatusObjects } from '../../../src/cli/read-status.ts';
import { GoneError, type Page, type Selection } from '../../../src/kubernetes/cluster.ts';
import { ClusterError } from '../../../src/kubernetes/cluster-error.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { admittedBuild, exampleBuildConfig } from '../status/example-builds.ts';

type List = (selection: Selection) => readonly (readonly JsonObject[] | Error)[];

/** Returns a cluster whose lists have the given pages; an error ends one. */
function clusterOf(pages: List, objects: readonly JsonObject[] = []) {
  const selections: Selection[] = [];
  const open: OpenCluster = {
    server: 'https://api.example.com:6443',
    namespace: 'test',
    get: (_resource, _namespace, name) =>
      Promise.resolve(objects.find(({ metadata }) => (metadata as JsonObject)['name'] === name)),
    async *list(selection): AsyncGenerator<Page> {
      selections.push(selection);
      for (const page of pages(selection)) {
        await Promise.resolve();
        if (page instanceof Error) throw page;
        yield { items: page, bytes: 100, next: undefined, resourceVersion: '1' };
      }
    },
    request: () => Promise.reject(new Error('nothing is to be written')),
  };
  return { open, selections };
}

/** Counts objects and calls of clear. */
function countingProgress() {
  const seen = { count: 0, cleared: 0 };
  return { seen, add: (count: number) => void (seen.count += count), clear: () => void (seen.cleared += 1) };
}

const labelSelector = 's2i-incremental.io/enabled=true';
const namesOf = (builds: ReadonlyMap<string, readonly { readonly name: string }[]>) =>
  Object.fromEntries([...builds].map(([key, group]) => [key, group.map(({ name }) => name)]));
const pagesOfBoth: List = ({ resource }) =>
  ({
    buildconfigs: [[exampleBuildConfig()], [exampleBuildConfig({ metadata: { name: 'b', uid: 'uid-of-b' } })]],
    builds: [[admittedBuild(1, 'full', 9), { metadata: { name: 'by-hand' } }], [admittedBuild(2, 'incremental', 3)]],
    namespaces: [],
  })[resource];
const namespacesSelection = { resource: 'namespaces', labelSelector };

describe('readStatusObjects', () => {
  it('reads pages, in all namespaces or one, with Builds grouped by BuildConfig', async () => {
    for (const namespace of [undefined, 'test']) {
      const { open, selections } = clusterOf(pagesOfBoth);
      const progress = countingProgress();
      const { buildConfigs, missing, builds } = await readStatusObjects(open, namespace, [], progress);
      assert.deepEqual(
        buildConfigs.map(({ metadata }) => (metadata as JsonObject)['name']),
        ['app', 'b'],
      );
      assert.deepEqual(missing, []);
      assert.deepEqual(namesOf(builds), { 'test/uid-of-app': ['app-1', 'app-2'] });
      assert.deepEqual(progress.seen, { count: 5, cleared: 1 });
      const where = namespace === undefined ? {} : { namespace };
      assert.deepEqual(selections, [
        ...(namespace === undefined ? [namespacesSelection] : []),
        { resource: 'buildconfigs', labelSelector, ...where },
        { resource: 'builds', labelSelector, ...where },
      ]);
    }
  });

  it('reads everything in an opted-in namespace', async () => {
    const { open, selections } = clusterOf(pagesOfBoth);
    const labels = { 's2i-incremental.io/enabled': 'true' };
    const get = (resource: string) => Promise.resolve(resource === 'namespaces' ? { metadata: { labels } } : undefined);
    const { optedInNamespaces } = await readStatusObjects({ ...open, get }, 'test', [], countingProgress());
    assert.deepEqual([...optedInNamespaces], ['test']);
    assert.deepEqual(selections, [
      { resource: 'buildconfigs', labelSelector: '', namespace: 'test' },
      { resource: 'builds', labelSelector: '', namespace: 'test' },
    ]);
  });

  it('reads, of all namespaces, those without the label in opted-in ones too', async () => {
    const opened = [[{ metadata: { name: 'web' } }], [{ metadata: { name: 'shop' } }]];
    const { open, selections } = clusterOf((selection) =>
      selection.resource === 'namespaces' ? opened : selection.namespace === 'web' ? pagesOfBoth(selection) : [],
    );
    const { buildConfigs, builds, optedInNamespaces } = await readStatusObjects(
      open,
      undefined,
      [],
      countingProgress(),
    );
    assert.deepEqual([...optedInNamespaces], ['web', 'shop']);
    assert.equal(buildConfigs.length, 2);
    assert.deepEqual(namesOf(builds), { 'test/uid-of-app': ['app-1', 'app-2'] });
    const unlabelled = '!s2i-incremental.io/enabled';
    assert.deepEqual(selections, [
      namespacesSelection,
      { resource: 'buildconfigs', labelSelector },
      { resource: 'builds', labelSelector },
      ...['web', 'shop'].flatMap((namespace) => [
        { resource: 'buildconfigs', labelSelector: unlabelled, namespace },
        { resource: 'builds', labelSelector: unlabelled, namespace },
      ]),
    ]);
  });

  it('reads by label where namespaces may not be listed', async () => {
    const { open, selections } = clusterOf((selection) =>
      selection.resource === 'namespaces' ? [new ClusterError(403, '{}')] : pagesOfBoth(selection),
    );
    const { buildConfigs, optedInNamespaces } = await readStatusObjects(open, undefined, [], countingProgress());
    assert.equal(buildConfigs.length, 2);
    assert.equal(optedInNamespaces.size, 0);
    assert.deepEqual(selections, [
      namespacesSelection,
      { resource: 'buildconfigs', labelSelector },
      { resource: 'builds', labelSelector },
    ]);
  });

  it('reads only named BuildConfigs, by the shortened label', async () => {
    const long = 'a'.repeat(70);
    const { open, selections } = clusterOf(() => [[admittedBuild(1, 'full', 9)]], [exampleBuildConfig()]);
    const { buildConfigs, missing } = await readStatusObjects(open, 'test', ['app', long], countingProgress());
    assert.deepEqual([buildConfigs, missing], [[exampleBuildConfig()], [long]]);
    const select = (value: string) => ({
      resource: 'builds',
      labelSelector: `${labelSelector},openshift.io/build-config.name=${value}`,
      namespace: 'test',
    });
    assert.deepEqual(selections, [select('app'), select('a'.repeat(63))]);
  });

  it('reads an expired list again, once', async () => {
    let expired = 0;
    const pages =
      (times: number): List =>
      (selection) => {
        const found = pagesOfBoth(selection);
        if (selection.resource !== 'builds' || expired === times) return found;
        expired += 1;
        return [...found.slice(0, 1), new GoneError('the list expired')];
      };
    const { builds } = await readStatusObjects(clusterOf(pages(1)).open, undefined, [], countingProgress());
    assert.deepEqual(namesOf(builds), { 'test/uid-of-app': ['app-1', 'app-2'] });

    expired = 0;
    const progress = countingProgress();
    await assert.rejects(readStatusObjects(clusterOf(pages(2)).open, undefined, [], progress), {
      message: 'the list of builds in all namespaces took too long to read; ask again',
    });
    assert.equal(progress.seen.cleared, 1);
  });

  it('names a missing right', async () => {
    const pages: List = ({ resource }) => (resource === 'builds' ? [new ClusterError(403, '{}')] : []);
    await assert.rejects(readStatusObjects(clusterOf(pages).open, 'web', [], countingProgress()), {
      code: 'command_failed',
      message:
        'you may not list builds in namespace web; ask for the verb list on builds.build.openshift.io in namespace web (the role view has it)',
    });
  });
});
