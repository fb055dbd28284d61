import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type Socket, connect as connectTcp } from 'node:net';
import { type TestContext, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type PortLimits, listenHttp, listenHttps, plainLimits } from '../../../src/server/listener.ts';
import { testCertificate } from '../../helpers/webhook.ts';

type Scheme = 'http' | 'https';
const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Starts a server on a free port; returns functions to connect to it. */
async function start(t: TestContext, scheme: Scheme, app: RequestListener, limits: Partial<PortLimits>) {
  const all = { ...plainLimits, closeGrace: 50, ...limits };
  const { cert, key } = await testCertificate();
  const listener =
    scheme === 'http'
      ? await listenHttp(app, '127.0.0.1', 0, all)
      : await listenHttps(app, { cert, key, clientCa: undefined }, '127.0.0.1', 0, { limits: all });
  t.after(() => listener.close());
  const to = { host: '127.0.0.1', port: listener.port, rejectUnauthorized: false };
  const open = async (localAddress = '127.0.0.1') => {
    const tcp = connectTcp({ ...to, localAddress });
    const socket: Socket = scheme === 'http' ? tcp : connectTls({ ...to, socket: tcp });
    for (const each of [tcp, socket]) each.on('error', () => undefined);
    t.after(() => socket.destroy());
    await new Promise((resolve) => {
      socket.once(scheme === 'http' ? 'connect' : 'secureConnect', resolve);
      socket.once('close', resolve);
    });
    return socket;
  };
  const ask = async (socket: Socket) => {
    socket.write(get);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().split('\r\n')[0];
  };
  return { listener, open, ask };
}

const ok: RequestListener = (_request, response) => response.end('ok');
const answered = 'HTTP/1.1 200 OK';

for (const scheme of ['http', 'https'] as const) {
  describe(`limitConnections, ${scheme}`, () => {
    it('closes the longest idle connection for a new one', async (t) => {
      const { open, ask } = await start(t, scheme, ok, { connections: 3 });
      const sockets = [await open(), await open(), await open()];
      for (const at of [1, 0, 2]) assert.equal(await ask(sockets[at] as Socket), answered);
      const closed = once(sockets[1] as Socket, 'close');
      assert.equal(await ask(await open()), answered);
      await closed;
      assert.deepEqual(
        sockets.map(({ destroyed }) => destroyed),
        [false, true, false],
      );
    });

    it('closes a connection that sends nothing, or an incomplete request', async (t) => {
      const { open, ask } = await start(t, scheme, ok, { connections: 2 });
      const silent = [await open(), await open()];
      silent[1]?.write('GET / HT');
      const closed = silent.map((socket) => once(socket, 'close'));
      const newcomers = [await open(), await open()];
      await Promise.all(closed);
      for (const socket of newcomers) assert.equal(await ask(socket), answered);
    });

    it('closes a connection of the address with the most', async (t) => {
      const { open, ask } = await start(t, scheme, ok, { connections: 3 });
      const other = await open('127.0.0.2');
      const sockets = [await open(), await open()];
      const closed = once(sockets[0] as Socket, 'close');
      assert.equal(await ask(await open()), answered);
      await closed;
      assert.equal(await ask(other), answered);
    });

    it('rejects a new connection if all others are being answered', async (t) => {
      const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
      const { open, ask } = await start(
        t,
        scheme,
        (_request, response) => void released.then(() => response.end('ok')),
        {
          connections: 2,
        },
      );
      const busy = [await open(), await open()];
      const answers = busy.map(ask);
      // The requests arrive before a later connection.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const newcomer = await open();
      if (!newcomer.destroyed) await once(newcomer, 'close');
      release(undefined);
      assert.deepEqual(await Promise.all(answers), [answered, answered]);
    });
  });

  describe(`listener, slow caller, ${scheme}`, () => {
    it('is disconnected without headers', async (t) => {
      const { open } = await start(t, scheme, ok, { headersTimeout: 100 });
      const socket = await open();
      socket.write('GET / HTTP/1.1\r\n');
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      assert.match(chunk.toString(), /^HTTP\/1\.1 408 /);
      await once(socket.resume(), 'close');
    });

    it('is disconnected without a complete body', async (t) => {
      const { open } = await start(t, scheme, ok, { headersTimeout: 100, requestTimeout: 100 });
      const socket = await open();
      socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx');
      await once(socket.resume(), 'close');
    });

    it('is disconnected if it does not read its answer', async (t) => {
      const much = Buffer.alloc(32 * 1024 * 1024);
      const isOver = Promise.withResolvers<true>();
      const app: RequestListener = (_request, response) => {
        response.on('close', () => isOver.resolve(true));
        response.end(much);
      };
      const { open } = await start(t, scheme, app, { exchangeTimeout: 200 });
      const socket = await open();
      socket.pause();
      socket.write(get);
      await isOver.promise;
      let received = 0;
      socket.on('data', (chunk: Buffer) => (received += chunk.length));
      await once(socket.resume(), 'close');
      assert.ok(received < much.length, `${received} bytes`);
    });

    it('is disconnected if it pipelines requests', async (t) => {
      let asked = 0;
      const app: RequestListener = (_request, response) => {
        asked += 1;
        setImmediate(() => response.end('ok'));
      };
      const { open } = await start(t, scheme, app, {});
      const socket = await open();
      socket.write(get.repeat(100));
      await once(socket.resume(), 'close');
      assert.equal(asked, 1);
    });

    it('is disconnected when idle', async (t) => {
      const { open, ask } = await start(t, scheme, ok, { keepAliveTimeout: 50 });
      const socket = await open();
      assert.equal(await ask(socket), answered);
      await once(socket, 'close');
    });

    it('is disconnected when the port closes', async (t) => {
      const { listener, open } = await start(t, scheme, ok, {});
      const silent = await open();
      const half = await open();
      half.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
      const closed = Promise.all([silent, half].map((socket) => once(socket.resume(), 'close')));
      await listener.close();
      await closed;
    });
  });
}

describe('listenHttps, TLS', () => {
  it('does not renegotiate', async (t) => {
    const { listener } = await start(t, 'https', ok, {});
    const options = {
      host: '127.0.0.1',
      port: listener.port,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    } as const;
    const socket = connectTls(options);
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    const failed = once(socket, 'error') as Promise<[Error]>;
    const renegotiated = new Promise<Error | null>((resolve) => socket.renegotiate({}, resolve));
    const [outcome] = await Promise.race([failed, renegotiated.then((error) => [error] as const)]);
    const { code = 'renegotiated' } = (outcome ?? {}) as { readonly code?: string };
    assert.match(code, /NO_RENEGOTIATION/);
  });
});
