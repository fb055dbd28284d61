import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type TestContext, describe, it } from 'node:test';
import { TooLargeError } from '../../../src/kubernetes/cluster-error.ts';
import { type Cluster, GoneError, createCluster, listPages } from '../../../src/kubernetes/cluster.ts';
import { connectTo } from '../../helpers/connect-to.ts';

const selection = { resource: 'builds', labelSelector: 'on=true' } as const;

/** Returns the cluster of an API server with one answer. */
async function clusterOf(t: TestContext, answer: RequestListener, sizes?: { readonly limit: number }) {
  return createCluster(await connectTo(t, answer), sizes);
}

const handlers = { onOpen: () => undefined, onEvent: () => undefined };

const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

describe('Cluster.watch', () => {
  it('reports events in order and ends when the server ends it', async (t) => {
    const urls: string[] = [];
    const cluster = await clusterOf(t, (request, response) => {
      urls.push(request.url ?? '');
      response.write(line('ADDED', { metadata: { name: 'a' } }) + line('MODIFIED', { metadata: { name: 'b' } }));
      response.end(
        line('DELETED', { metadata: { name: 'c' } }) + line('BOOKMARK', { metadata: { resourceVersion: '9' } }),
      );
    });
    const told: unknown[] = [];
    const telling = {
      onOpen: () => told.push('open'),
      onEvent: (type: string, object: object) => told.push([type, object]),
    };
    await cluster.watch(selection, '7', telling, new AbortController().signal);
    assert.deepEqual(
      told.filter((event) => event !== 'open'),
      [
        ['ADDED', { metadata: { name: 'a' } }],
        ['MODIFIED', { metadata: { name: 'b' } }],
        ['DELETED', { metadata: { name: 'c' } }],
        ['BOOKMARK', { metadata: { resourceVersion: '9' } }],
      ],
    );
    const url = new URL(urls[0] ?? '', 'http://localhost');
    assert.equal(url.pathname, '/apis/build.openshift.io/v1/builds');
    const { timeoutSeconds, ...query } = Object.fromEntries(url.searchParams);
    assert.deepEqual(query, {
      watch: 'true',
      labelSelector: 'on=true',
      resourceVersion: '7',
      allowWatchBookmarks: 'true',
    });
    assert.ok(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) < 600);
  });

  it('ends when the signal aborts, even before the server answers', async (t) => {
    const asked = Promise.withResolvers<undefined>();
    const cluster = await clusterOf(t, () => {
      asked.resolve(undefined);
    });
    const stopping = new AbortController();
    const watching = cluster.watch(selection, '7', handlers, stopping.signal);
    await asked.promise;
    stopping.abort();
    await watching;
    assert.equal(stopping.signal.aborted, true);
  });

  const gone: readonly [name: string, answer: RequestListener][] = [
    ['by its status', (_request, response) => void response.writeHead(410).end('{}')],
    [
      'by an event',
      (_request, response) => void response.end(line('ERROR', { kind: 'Status', code: 410, message: 'too old' })),
    ],
  ];
  for (const [name, answer] of gone) {
    it(`rejects if the version expired, reported ${name}`, async (t) => {
      const cluster = await clusterOf(t, answer);
      await assert.rejects(cluster.watch(selection, '7', handlers, new AbortController().signal), GoneError);
    });
  }

  it('rejects with the error of the server', async (t) => {
    const cluster = await clusterOf(t, (_request, response) => void response.writeHead(403).end('{}'));
    await assert.rejects(cluster.watch(selection, '7', handlers, new AbortController().signal), { code: 403 });
  });
});

describe('Cluster.list and Cluster.get', () => {
  it('reject with the reason of the server only', async (t) => {
    const status = { kind: 'Status', code: 403, message: 'builds is forbidden' };
    const cluster = await clusterOf(
      t,
      (_request, response) =>
        void response.writeHead(403, { 'Content-Type': 'application/json' }).end(JSON.stringify(status)),
    );
    await assert.rejects(cluster.list(selection, 10, undefined, new AbortController().signal), {
      name: 'ClusterError',
      code: 403,
      message: 'the API server answered 403: builds is forbidden',
    });
  });

  it('abort a page of several objects that is too large, but not of one', async (t) => {
    const items = [{ metadata: { name: 'a'.repeat(1_000) } }];
    const page = JSON.stringify({ items, metadata: {} });
    const cluster = await clusterOf(t, (_request, response) => void response.end(page), { limit: 500 });
    const { signal } = new AbortController();
    await assert.rejects(cluster.list(selection, 2, undefined, signal), TooLargeError);
    const found = { items, bytes: page.length, next: undefined, resourceVersion: '' };
    assert.deepEqual(await cluster.list(selection, 1, undefined, signal), found);
  });

  it('request nothing for invalid names', async (t) => {
    const asked: unknown[] = [];
    const cluster = await clusterOf(t, (request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    const { signal } = new AbortController();
    for (const name of ['..', '.', '', 'a/b', 'A', '%2e%2e', 'a'.repeat(254)]) {
      assert.equal(await cluster.get('buildconfigs', 'web', name, signal), undefined);
      assert.equal(await cluster.get('buildconfigs', name, 'app', signal), undefined);
      await assert.rejects(cluster.list({ ...selection, namespace: name }, 1, undefined, signal));
      await assert.rejects(cluster.watch({ ...selection, namespace: name }, '', handlers, signal));
    }
    assert.deepEqual(asked, []);
  });
});

describe('listPages', () => {
  const sizes = { first: 20, most: 100, aim: 10_000, limit: 40_000 };

  /** Lists objects of these sizes; returns the limit of each page. */
  async function read(objects: readonly number[]) {
    const asked: string[] = [];
    const cluster: Pick<Cluster, 'list'> = {
      list: (_selection, limit, next) => {
        const from = Number(next ?? 0);
        const items = objects.slice(from, from + limit).map((size) => ({ size }));
        const bytes = items.reduce((sum, { size }) => sum + size, 50);
        const isTooLarge = bytes > sizes.limit && limit > 1;
        asked.push(isTooLarge ? `${limit} too large` : String(limit));
        if (isTooLarge) return Promise.reject(new TooLargeError(sizes.limit));
        const end = from + limit < objects.length ? String(from + limit) : undefined;
        return Promise.resolve({ items, bytes, next: end, resourceVersion: '1' });
      },
    };
    const found: unknown[] = [];
    for await (const { items } of listPages(cluster, selection, new AbortController().signal, sizes))
      found.push(...items);
    assert.deepEqual(
      found,
      objects.map((size) => ({ size })),
    );
    return asked.join(', ');
  }

  const rows: readonly [title: string, objects: readonly number[], asked: string][] = [
    ['are one where all fit', Array.from({ length: 20 }, () => 100), '20'],
    [
      'have twice as many as before while they are small',
      Array.from({ length: 300 }, () => 10),
      '20, 40, 80, 100, 100',
    ],
    ['have as many as come to the aim', Array.from({ length: 100 }, () => 1_000), '20, 9, 9, 9, 9, 9, 9, 9, 9, 9'],
    [
      'are asked for with fewer where they are too large, down to one',
      [...Array.from({ length: 4 }, () => 50_000), ...Array.from({ length: 10 }, () => 100)],
      '20 too large, 5 too large, 1, 1, 1, 1, 1, 2, 4, 8',
    ],
    ['are none where there is nothing', [], '20'],
  ];
  for (const [title, objects, asked] of rows) {
    it(title, async () => {
      assert.equal(await read(objects), asked);
    });
  }

  it('rejects if one object alone is too large', async () => {
    const cluster = { list: () => Promise.reject(new TooLargeError(1)) };
    const pages = listPages(cluster, selection, new AbortController().signal, sizes);
    await assert.rejects(pages.next(), TooLargeError);
  });

  it('keeps the page size after empty pages', async () => {
    const asked: number[] = [];
    const cluster: Pick<Cluster, 'list'> = {
      list: (_selection, limit) => {
        asked.push(limit);
        return Promise.resolve({
          items: [],
          bytes: 50,
          next: asked.length < 4 ? 'more' : undefined,
          resourceVersion: '',
        });
      },
    };
    for await (const { items } of listPages(cluster, selection, new AbortController().signal, sizes))
      assert.deepEqual(items, []);
    assert.deepEqual(asked, [20, 40, 80, 100]);
  });
});
