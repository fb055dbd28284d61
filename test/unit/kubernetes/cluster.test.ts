import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import { type TestContext, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { connect } from '../../../src/kubernetes/connection.ts';
import { GoneError, createCluster } from '../../../src/kubernetes/cluster.ts';

const selection = { resource: 'builds', labelSelector: 'on=true' } as const;

/** The cluster that an API server of one answer is. */
async function clusterOf(t: TestContext, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test' },
  );
  return createCluster(connect(kubeConfig));
}

const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

describe('a watch', () => {
  it('tells events in their order and ends when the server ends it', async (t) => {
    const urls: string[] = [];
    const cluster = await clusterOf(t, (request, response) => {
      urls.push(request.url ?? '');
      response.write(line('ADDED', { metadata: { name: 'a' } }) + line('MODIFIED', { metadata: { name: 'b' } }));
      response.end(
        line('DELETED', { metadata: { name: 'c' } }) + line('BOOKMARK', { metadata: { resourceVersion: '9' } }),
      );
    });
    const told: unknown[] = [];
    const handlers = {
      onOpen: () => told.push('open'),
      onEvent: (type: string, object: object) => told.push([type, object]),
    };
    await cluster.watch(selection, '7', handlers, new AbortController().signal);
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

  const handlers = { onOpen: () => undefined, onEvent: () => undefined };

  it('ends at once when it is stopped, though the server holds back its answer', async (t) => {
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
    it(`rejects where the server has forgotten, told ${name}`, async (t) => {
      const cluster = await clusterOf(t, answer);
      await assert.rejects(cluster.watch(selection, '7', handlers, new AbortController().signal), GoneError);
    });
  }

  it('rejects with what the server refused', async (t) => {
    const cluster = await clusterOf(t, (_request, response) => void response.writeHead(403).end('{}'));
    await assert.rejects(cluster.watch(selection, '7', handlers, new AbortController().signal), { code: 403 });
  });
});

describe('a list', () => {
  it('rejects with the reason the server gave, and no more', async (t) => {
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
});
