import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { createCluster } from '../../../src/kubernetes/cluster.ts';
import { connect } from '../../../src/kubernetes/connection.ts';
import { createLiveHistory } from '../../../src/history/live-history.ts';
import { buildConfig, comparable, completeBuild, nothingKnown, referenceOf } from './example-builds.ts';

const lookup = { namespace: 'test', buildConfig, label: 'app', build: 'app-99', number: 99 };
const base = '/apis/build.openshift.io/v1/namespaces/test';
const appConfig = { kind: 'BuildConfig', metadata: { name: 'app', namespace: 'test', uid: 'uid-of-app' } };

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** A history that is read from a server on this machine, and the requests that reach it. */
async function historyFrom(
  t: TestContext,
  serve: (url: URL, response: ServerResponse, request: IncomingMessage) => void,
) {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(`${request.method ?? ''} ${url.pathname}${decodeURIComponent(url.search)}`);
    serve(url, response, request);
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const kubeConfig = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test', token: 'a-token' },
  );
  return { history: createLiveHistory(createCluster(connect(kubeConfig))), requests };
}

describe('the live history', () => {
  it('reads the BuildConfig and every page of its Builds', async (t) => {
    const pages = new Map([
      [null, { items: [completeBuild(1), completeBuild(3)], metadata: { continue: 'two' } }],
      ['two', { items: [null, completeBuild(10), completeBuild(99)], metadata: { continue: 'three' } }],
      ['three', { items: [completeBuild(2)], metadata: { continue: '' } }],
    ]);
    const { history, requests } = await historyFrom(t, (url, response) => {
      const body = url.pathname.endsWith('/builds') ? pages.get(url.searchParams.get('continue')) : appConfig;
      answer(response, 200, body);
    });
    const past = await history.read(lookup, AbortSignal.timeout(10_000));
    assert.equal(past.previous?.name, 'app-10');
    assert.deepEqual(comparable(past).references, new Set([1, 2, 3, 10].map(referenceOf)));
    assert.equal(past.hasBuilds, true);
    assert.deepEqual(past.buildConfig, {
      optedIn: false,
      outputRepository: undefined,
      pullSecret: undefined,
      incremental: undefined,
    });
    const selector = 'labelSelector=openshift.io/build-config.name=app,s2i-incremental.io/enabled=true';
    assert.deepEqual(requests.map((line) => line.replace(/(\?)(continue=\w+&)?/, '$1$2')).sort(), [
      `GET ${base}/buildconfigs/app`,
      `GET ${base}/builds?continue=three&${selector}&limit=500`,
      `GET ${base}/builds?continue=two&${selector}&limit=500`,
      `GET ${base}/builds?${selector}&limit=500`,
    ]);
  });

  it('takes a BuildConfig that is gone, or was made anew, for none', async (t) => {
    for (const [status, body] of [
      [404, { kind: 'Status', code: 404 }],
      [200, { ...appConfig, metadata: { ...appConfig.metadata, uid: 'newer' } }],
    ] as const) {
      const { history } = await historyFrom(t, (url, response) => {
        if (url.pathname.endsWith('/builds')) answer(response, 200, { items: [completeBuild(1)] });
        else answer(response, status, body);
      });
      const past = await history.read(lookup, AbortSignal.timeout(10_000));
      assert.deepEqual([past.buildConfig, past.previous?.name], [undefined, 'app-1']);
    }
  });

  it('is empty where the answer holds no list', async (t) => {
    const { history } = await historyFrom(t, (_url, response) => answer(response, 200, {}));
    const past = await history.read(lookup, AbortSignal.timeout(10_000));
    assert.deepEqual(comparable(past), { ...nothingKnown, buildConfig: undefined });
  });

  for (const failing of ['builds', 'buildconfigs/app']) {
    for (const status of [403, 500]) {
      it(`rejects where ${failing} answers ${status}`, async (t) => {
        const { history } = await historyFrom(t, (url, response) => {
          if (url.pathname === `${base}/${failing}`) answer(response, status, { kind: 'Status', code: status });
          else answer(response, 200, {});
        });
        await assert.rejects(history.read(lookup, AbortSignal.timeout(10_000)), { code: status });
      });
    }
  }

  it('rejects where the list answers 404: the API is not there', async (t) => {
    const { history } = await historyFrom(t, (_url, response) => answer(response, 404, {}));
    await assert.rejects(history.read(lookup, AbortSignal.timeout(10_000)), { code: 404 });
  });

  it('gives up when the signal aborts, and leaves no request behind', async (t) => {
    const asked = Promise.withResolvers<undefined>();
    const closed = Promise.withResolvers<undefined>();
    let open = 0;
    const { history } = await historyFrom(t, (_url, response) => {
      open += 1;
      if (open === 2) asked.resolve(undefined);
      response.on('close', () => {
        open -= 1;
        if (open === 0) closed.resolve(undefined);
      });
    });
    const controller = new AbortController();
    const reading = history.read(lookup, controller.signal);
    await asked.promise;
    controller.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    await closed.promise;
  });
});
