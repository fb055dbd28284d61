import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { TLSSocket } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';
import { ClusterError, TooLargeError } from '../../../src/kubernetes/cluster-error.ts';
import { SilentError, connect, loadKubeConfig } from '../../../src/kubernetes/connection.ts';
import { connectTo } from '../../helpers/connect-to.ts';

const { signal } = new AbortController();

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-connection-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('Kubernetes.request', () => {
  it('is sent with its query and body, and answered with JSON', async (t) => {
    const seen: unknown[] = [];
    const kubernetes = await connectTo(
      t,
      (request, response) => {
        void textOf(request).then((body) => {
          const { authorization, 'content-type': type, accept, 'user-agent': agent } = request.headers;
          seen.push([request.method, request.url, body, authorization, type, accept, agent]);
          response.end('{"a":[1]}');
        });
      },
      { token: 'secret' },
      { version: '1.2.3' },
    );
    const answer = await kubernetes.request(
      {
        method: 'PATCH',
        path: '/api/v1/namespaces/web/secrets/a',
        query: { labelSelector: 'a=b,c', limit: 5, continue: undefined },
        body: [{ op: 'test', path: '/ä' }],
        contentType: 'application/json-patch+json',
      },
      signal,
    );
    assert.deepEqual(answer, { a: [1] });
    assert.deepEqual(seen, [
      [
        'PATCH',
        '/api/v1/namespaces/web/secrets/a?labelSelector=a%3Db%2Cc&limit=5',
        '[{"op":"test","path":"/ä"}]',
        'Bearer secret',
        'application/json-patch+json',
        'application/json',
        's2i-incremental-webhook/1.2.3',
      ],
    ]);
  });

  const refusals: readonly [status: number, body: string, message: string][] = [
    [403, '{"kind":"Status","message":"secrets is forbidden"}', 'the API server answered 403: secrets is forbidden'],
    [404, '{"kind":"Status","message":"not found"}', 'the API server answered 404: not found'],
    [409, '{"kind":"Status","message":"conflict"}', 'the API server answered 409: conflict'],
    [503, '<html>', 'the API server answered 503: no reason given'],
    [302, '', 'the API server answered 302: no reason given'],
  ];
  for (const [status, body, message] of refusals) {
    it(`that is answered ${status} rejects with the code and the message`, async (t) => {
      const kubernetes = await connectTo(t, (_request, response) => void response.writeHead(status).end(body));
      await assert.rejects(kubernetes.request({ method: 'GET', path: '/api' }, signal), (error) => {
        assert.ok(error instanceof ClusterError);
        assert.deepEqual([error.code, error.message], [status, message]);
        return true;
      });
    });
  }

  it('ends when its signal aborts', async (t) => {
    const asked = Promise.withResolvers<undefined>();
    const kubernetes = await connectTo(t, () => asked.resolve(undefined));
    const stopping = new AbortController();
    const request = kubernetes.request({ method: 'GET', path: '/api' }, stopping.signal);
    await asked.promise;
    stopping.abort();
    await assert.rejects(request, { name: 'AbortError' });
  });

  it('is aborted if its answer is too large, and otherwise reports the size', async (t) => {
    const closed = Promise.withResolvers<undefined>();
    const kubernetes = await connectTo(t, (request, response) => {
      if (request.url === '/short') {
        response.end('["123456"]');
        return;
      }
      response.once('close', () => closed.resolve(undefined));
      const write = () => {
        while (response.write(' '.repeat(1_000)));
      };
      response.on('drain', write);
      write();
    });
    const sizes: number[] = [];
    const get = (path: string) =>
      ({ method: 'GET', path, maxBytes: 10, onSize: (size: number) => sizes.push(size) }) as const;
    assert.deepEqual(await kubernetes.request(get('/short'), signal), ['123456']);
    assert.deepEqual(sizes, [10]);
    await assert.rejects(kubernetes.request({ ...get('/short'), maxBytes: 9 }, signal), TooLargeError);
    await assert.rejects(kubernetes.request({ ...get('/endless'), maxBytes: 1_000_000 }, signal), TooLargeError);
    await closed.promise;
    assert.deepEqual(sizes, [10]);
  });

  it('rejects a path that leads elsewhere', async (t) => {
    const urls: unknown[] = [];
    const kubernetes = await connectTo(t, (request, response) => {
      urls.push(request.url);
      response.end('{}');
    });
    for (const name of ['..', '.', '%2e%2e', '../..', 'a/../../b']) {
      const path = `/api/v1/namespaces/${name}/secrets`;
      await assert.rejects(kubernetes.request({ method: 'GET', path }, signal), /leads elsewhere/);
    }
    const path = `/api/v1/namespaces/${encodeURIComponent("a b/..?#'")}/secrets`;
    await kubernetes.request({ method: 'GET', path }, signal);
    assert.deepEqual(urls, [path]);
  });

  it('is sent with the current token of the file', async (t) => {
    const file = join(temporaryFolder(t), 'token');
    writeFileSync(file, 'first');
    const tokens: unknown[] = [];
    const kubernetes = await connectTo(
      t,
      (request, response) => {
        tokens.push(request.headers.authorization);
        response.end('{}');
      },
      { authProvider: { name: 'tokenFile', config: { tokenFile: file } } },
    );
    await kubernetes.request({ method: 'GET', path: '/api' }, signal);
    writeFileSync(file, 'second');
    // The client reads it again after a minute.
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
    await kubernetes.request({ method: 'GET', path: '/api' }, signal);
    assert.deepEqual(tokens, ['Bearer first', 'Bearer second']);
  });
});

describe('Kubernetes.follow', () => {
  const get = { method: 'GET', path: '/watch' } as const;

  async function collect(answer: RequestListener, t: TestContext, silence?: number, maxBytes?: number) {
    const kubernetes = await connectTo(t, answer, {}, silence === undefined ? {} : { silence });
    const told: unknown[] = [];
    let error: unknown;
    try {
      for await (const value of kubernetes.follow(
        { ...get, ...(maxBytes !== undefined && { maxBytes }) },
        () => told.push('open'),
        signal,
      ))
        told.push(value);
    } catch (thrown) {
      error = thrown;
    }
    return { told, error };
  }

  it('returns each value, wherever the answer is split', async (t) => {
    const text = '{"a":"ä€😀"}\n\n[1]\n{"b":2}\n{"cut';
    const { told, error } = await collect((_request, response) => {
      const bytes = Buffer.from(text);
      const send = (index: number) => {
        if (index === bytes.length) response.end();
        else response.write(bytes.subarray(index, index + 1), () => setImmediate(send, index + 1));
      };
      send(0);
    }, t);
    assert.deepEqual({ told, error }, { told: ['open', { a: 'ä€😀' }, [1], { b: 2 }], error: undefined });
  });

  it('rejects if a line is too long, before it ends', async (t) => {
    const line = JSON.stringify('a'.repeat(98));
    const { told, error } = await collect(
      (_request, response) => {
        response.write(`${line}\n${line}\n"`);
        response.write('b'.repeat(100));
      },
      t,
      undefined,
      100,
    );
    assert.deepEqual(told, ['open', 'a'.repeat(98), 'a'.repeat(98)]);
    assert.ok(error instanceof TooLargeError, String(error));
  });

  it('rejects with the error of the server, without onOpen', async (t) => {
    const { told, error } = await collect(
      (_request, response) => void response.writeHead(410).end('{"message":"too old"}'),
      t,
    );
    assert.deepEqual(told, []);
    assert.ok(error instanceof ClusterError && error.code === 410);
  });

  for (const [when, begin] of [
    ['after its beginning', true],
    ['before its beginning', false],
  ] as const) {
    it(`rejects if the server falls silent ${when}`, async (t) => {
      const answer: RequestListener = (_request, response) => {
        if (begin) response.write('{"a":1}\n');
      };
      const { told, error } = await collect(answer, t, 100);
      assert.deepEqual(told, begin ? ['open', { a: 1 }] : []);
      assert.ok(error instanceof SilentError, String(error));
    });
  }

  it('rejects if the connection breaks', async (t) => {
    const { told, error } = await collect((_request, response) => {
      response.write('{"a":1}\n', () => response.destroy());
    }, t);
    assert.deepEqual(told, ['open', { a: 1 }]);
    assert.equal((error as { code?: unknown }).code, 'ECONNRESET');
  });

  it('ends when its signal aborts', async (t) => {
    const kubernetes = await connectTo(t, (_request, response) => void response.write('{"a":1}\n'));
    const stopping = new AbortController();
    await assert.rejects(
      async () => {
        for await (const value of kubernetes.follow(get, () => undefined, stopping.signal)) {
          assert.deepEqual(value, { a: 1 });
          stopping.abort();
        }
      },
      { message: 'aborted' },
    );
  });
});

describe('connect over TLS', () => {
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };

  it('is reused, verified with the CA in the file, and reopened when the CA changes', async (t) => {
    const folder = temporaryFolder(t);
    const [one, other] = await Promise.all([createAuthority('one', validity), createAuthority('other', validity)]);
    const ports: unknown[] = [];
    const leaf = await createServingCertificate(one, ['127.0.0.1'], validity);
    const server = createHttpsServer(leaf, (request, response) => {
      ports.push(request.socket.remotePort);
      assert.ok(request.socket instanceof TLSSocket);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    t.after(() => server.closeAllConnections());
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const ca = join(folder, 'ca.crt');
    writeFileSync(ca, one.cert);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'a', server: `https://127.0.0.1:${port}`, caFile: ca, skipTLSVerify: false },
      { name: 'a' },
    );
    const kubernetes = connect(kubeConfig);
    const get = () => kubernetes.request({ method: 'GET', path: '/api' }, signal);
    await get();
    await get();
    assert.equal(new Set(ports).size, 1);

    writeFileSync(ca, other.cert);
    await assert.rejects(get(), { code: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/ });
    writeFileSync(ca, `${one.cert}\n${other.cert}`);
    await get();
    assert.equal(new Set(ports).size, 2);
  });

  it('repeats a read, but not a write, on a connection closed while idle', async (t) => {
    const authority = await createAuthority('one', validity);
    const leaf = await createServingCertificate(authority, ['127.0.0.1'], validity);
    const used = new Set<unknown>();
    const server = createHttpsServer(leaf, ({ socket }, response) => {
      if (used.has(socket)) socket.destroy();
      else response.end('{}');
      used.add(socket);
    }).listen(0, '127.0.0.1');
    t.after(() => server.closeAllConnections());
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const caData = Buffer.from(authority.cert).toString('base64');
    const kubeConfig = new KubeConfig();
    const cluster = { name: 'a', server: `https://127.0.0.1:${port}`, caData, skipTLSVerify: false };
    kubeConfig.loadFromClusterAndUser(cluster, { name: 'a' });
    const kubernetes = connect(kubeConfig);
    for (const method of ['GET', 'GET'] as const) {
      assert.deepEqual(await kubernetes.request({ method, path: '/api' }, signal), {});
    }
    assert.equal(used.size, 2);
    await assert.rejects(kubernetes.request({ method: 'PUT', path: '/api', body: {} }, signal), {
      code: 'stale_connection',
    });
  });
});

describe('loadKubeConfig', () => {
  it('rejects a kubeconfig without current context', (t) => {
    const file = join(temporaryFolder(t), 'config');
    writeFileSync(file, '{"apiVersion":"v1","kind":"Config","clusters":[],"users":[],"contexts":[]}');
    assert.throws(() => loadKubeConfig(file), { message: 'it has no current context with a cluster' });
  });

  it('rejects a missing file', () => {
    assert.throws(() => loadKubeConfig('/nonexistent'), { code: 'ENOENT' });
  });
});
