import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type TestContext, describe, it } from 'node:test';
import { createCluster } from '../../../src/kubernetes/cluster.ts';
import { type LiveLimits, createLiveHistory } from '../../../src/history/live-history.ts';
import { connectTo } from '../../helpers/connect-to.ts';
import { buildConfig, comparable, completeBuild, nothingKnown, referenceOf } from './example-builds.ts';

const lookup = { namespace: 'test', buildConfig, label: 'app', build: 'app-99', number: 99 };
const base = '/apis/build.openshift.io/v1/namespaces/test';
const appConfig = { kind: 'BuildConfig', metadata: { name: 'app', namespace: 'test', uid: 'uid-of-app' } };

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** Returns a history read from a server on this machine, and the server's requests. */
async function historyFrom(
  t: TestContext,
  serve: (url: URL, response: ServerResponse, request: IncomingMessage) => void,
  limits?: LiveLimits,
) {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(`${request.method ?? ''} ${url.pathname}${decodeURIComponent(url.search)}`);
    serve(url, response, request);
  };
  const kubernetes = await connectTo(t, listener, { token: 'a-token' });
  return { history: createLiveHistory(createCluster(kubernetes), limits), requests };
}

describe('createLiveHistory', () => {
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
      optedIn: undefined,
      outputRepository: undefined,
      pullSecret: undefined,
      incremental: undefined,
    });
    const selector = 'labelSelector=openshift.io/build-config.name=app';
    assert.deepEqual(requests.map((line) => line.replace(/(\?)(continue=\w+&)?/, '$1$2')).sort(), [
      `GET ${base}/buildconfigs/app`,
      `GET ${base}/builds?continue=three&${selector}&limit=80`,
      `GET ${base}/builds?continue=two&${selector}&limit=40`,
      `GET ${base}/builds?${selector}&limit=20`,
    ]);
  });

  it('ignores a BuildConfig that was deleted, or deleted and created again', async (t) => {
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

  it('returns an empty history if the answer has no list', async (t) => {
    const { history } = await historyFrom(t, (_url, response) => answer(response, 200, {}));
    const past = await history.read(lookup, AbortSignal.timeout(10_000));
    assert.deepEqual(comparable(past), { ...nothingKnown, buildConfig: undefined });
  });

  for (const failing of ['builds', 'buildconfigs/app']) {
    for (const status of [403, 500]) {
      it(`rejects if ${failing} answers ${status}`, async (t) => {
        const { history } = await historyFrom(t, (url, response) => {
          if (url.pathname === `${base}/${failing}`) answer(response, status, { kind: 'Status', code: status });
          else answer(response, 200, {});
        });
        await assert.rejects(history.read(lookup, AbortSignal.timeout(10_000)), { code: status });
      });
    }
  }

  it('rejects if the list answers 404, because the API is missing', async (t) => {
    const { history } = await historyFrom(t, (_url, response) => answer(response, 404, {}));
    await assert.rejects(history.read(lookup, AbortSignal.timeout(10_000)), { code: 404 });
  });

  it('rejects when the signal aborts, and ends its requests', async (t) => {
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

  it('rejects if the Builds exceed the limit, and requests no more', async (t) => {
    const pages = Array.from({ length: 10 }, (_, page) => ({
      items: [completeBuild(page + 1)],
      metadata: { continue: String(page + 1) },
    }));
    const size = JSON.stringify(pages[0]).length;
    const { history, requests } = await historyFrom(
      t,
      (url, response) => {
        const page = Number(url.searchParams.get('continue') ?? 0);
        if (url.pathname.endsWith('/builds')) answer(response, 200, pages[page]);
        else answer(response, 200, appConfig);
      },
      { bytes: 3.5 * size, atOnce: 1 },
    );
    await assert.rejects(history.read(lookup, AbortSignal.timeout(10_000)), { code: 'too_large' });
    assert.equal(requests.filter((line) => line.includes('/builds?')).length, 4);
  });

  it('limits concurrent reads', async (t) => {
    const held: ServerResponse[] = [];
    const { history } = await historyFrom(
      t,
      (url, response) => {
        if (url.pathname.endsWith('/builds')) held.push(response);
        else answer(response, 200, appConfig);
      },
      { bytes: 1_000_000, atOnce: 2 },
    );
    const reading = Array.from({ length: 5 }, () => history.read(lookup, AbortSignal.timeout(10_000)));
    for (const waiting of [2, 2, 1]) {
      while (held.length < waiting) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(held.length, waiting);
      for (const response of held.splice(0)) answer(response, 200, { items: [] });
    }
    assert.equal((await Promise.all(reading)).length, 5);
  });

  it('requests nothing for an invalid name', async (t) => {
    const { history, requests } = await historyFrom(t, (_url, response) => answer(response, 200, { items: [] }));
    const odd = { ...lookup, buildConfig: { name: '..', uid: 'uid-of-app' }, label: 'app,a in (b)' };
    const past = await history.read(odd, AbortSignal.timeout(10_000));
    assert.deepEqual(comparable(past), { ...nothingKnown, buildConfig: undefined });
    await assert.rejects(history.read({ ...lookup, namespace: '..' }, AbortSignal.timeout(10_000)), {
      message: "the namespace's name is invalid",
    });
    assert.deepEqual(requests, []);
  });
});
