import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { type TestContext, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type TLSSocket, connect } from 'node:tls';
import { type CertificateSource, Current, type ServingCertificate } from '../../src/certificates/certificate-source.ts';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import { type KeyPair, createAuthority } from '../../src/certificates/self-signed.ts';
import type { RefusedClient } from '../../src/server/client-names.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createClientCertificate } from '../helpers/client-certificate.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import {
  patchIn,
  readAnswer,
  send,
  startTestWebhook,
  startUncertainWebhook,
  testCertificate,
} from '../helpers/webhook.ts';

const review = JSON.stringify(reviewOf(exampleBuild()));
const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };

/** A source with a certificate that tests set. */
function settableSource(): CertificateSource & { set(certificate: ServingCertificate): void } {
  const served = new Current<ServingCertificate>();
  return {
    get current() {
      return served.value;
    },
    onChange: (listener) => served.follow(listener),
    check: () => ({ ok: served.value !== undefined, detail: served.value === undefined ? 'none yet' : 'there' }),
    close: () => Promise.resolve(),
    set: (certificate) => served.set(certificate),
  };
}

describe('webhook, changed certificate', () => {
  it('is used for new connections; open ones stay', async (t) => {
    const [first, second] = await Promise.all([
      testCertificate(),
      createDevelopmentCertificate(['localhost', '127.0.0.1'], Date.now()),
    ]);
    const source = settableSource();
    source.set(first);
    const metrics = createMetrics();
    const webhook = await startTestWebhook(t, { certificate: source, metrics });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const post = async (through: Agent | false, { ca = '' }: ServingCertificate) => {
      const outgoing = httpsRequest(`${webhook.admission.url}/mutate`, {
        method: 'POST',
        agent: through,
        ca,
        servername: 'localhost',
        headers: { 'Content-Type': 'application/json' },
      });
      outgoing.end(review);
      const [socket] = (await once(outgoing, 'socket')) as [TLSSocket];
      const answer = await readAnswer(outgoing);
      assert.notDeepEqual(patchIn(answer.text), []);
      return {
        port: socket.localPort,
        serial: socket.getPeerX509Certificate()?.serialNumber,
        reused: outgoing.reusedSocket,
      };
    };
    const before = await post(agent, first);
    source.set(second);
    const kept = await post(agent, first);
    const fresh = await post(false, second);
    assert.deepEqual([kept.port, kept.reused], [before.port, true]);
    assert.notEqual(fresh.serial, before.serial);
    assert.match(
      await metrics.expose(),
      new RegExp(`^s2i_incremental_certificate_not_after_seconds ${second.notAfter / 1000}$`, 'm'),
    );
  });
});

describe('webhook, certificate that TLS rejects', () => {
  it('is reported, and the previous one stays in use', async (t) => {
    const [good, other] = await Promise.all([
      testCertificate(),
      createDevelopmentCertificate(['localhost', '127.0.0.1'], Date.now()),
    ]);
    const source = settableSource();
    source.set(good);
    const failures: unknown[] = [];
    const webhook = await startTestWebhook(t, {
      certificate: source,
      onRenewalFailure: (error) => failures.push((error as NodeJS.ErrnoException).code),
    });
    source.set({ ...good, key: other.key });
    assert.equal((await webhook.post(review)).status, 200);
    assert.deepEqual(failures, ['ERR_OSSL_X509_KEY_VALUES_MISMATCH']);
  });
});

describe('webhook without certificate', () => {
  it('answers probes, says what it waits for, and listens when there is one', async (t) => {
    const source = settableSource();
    const webhook = await startUncertainWebhook(t, { certificate: source });
    const ask = (path: string) => send(`${webhook.operations.url}${path}`, '', '', { method: 'GET' });
    assert.deepEqual((await ask('/healthz')).text, 'ok\nversion 0.0.0-test\n');
    assert.deepEqual(await ask('/readyz').then(({ status, text }) => [status, text]), [
      503,
      '[-] running: starting\n[-] certificate: none yet\n[+] history: test\n[+] wrapper: test\nnot ready\n',
    ]);
    const certificate = await testCertificate();
    source.set(certificate);
    const { url } = await webhook.admission;
    assert.equal((await send(`${url}/mutate`, certificate.ca ?? '', review)).status, 200);
    assert.deepEqual(await ask('/readyz').then(({ status, text }) => [status, text]), [
      200,
      '[+] running: ok\n[+] certificate: there\n[+] history: test\n[+] wrapper: test\nready\n',
    ]);
  });

  it('stops, and does not listen afterwards', async (t) => {
    const source = settableSource();
    const webhook = await startUncertainWebhook(t, { certificate: source });
    let isListening = false;
    void webhook.admission.then(() => (isListening = true));
    await webhook.stop();
    source.set(await testCertificate());
    await delay(50);
    assert.equal(isListening, false);
  });

  it('leaves nothing running if its port is in use', async (t) => {
    const holder = await startTestWebhook(t);
    const source = settableSource();
    const webhook = await startUncertainWebhook(t, { certificate: source, port: holder.admission.port });
    source.set(await testCertificate());
    await assert.rejects(webhook.admission, { code: 'listen' });
    await assert.rejects(send(`${webhook.operations.url}/healthz`, '', '', { method: 'GET' }), {
      code: 'ECONNREFUSED',
    });
  });
});

describe('webhook with client certificates', () => {
  async function start(t: TestContext, names: readonly string[]) {
    const authority = await createAuthority('clients', validity);
    const trusted = new Current<string>();
    trusted.set(authority.cert);
    const refused: RefusedClient[] = [];
    const clients = {
      names,
      onChange: (listener: (ca: string) => void) => trusted.follow(listener),
      onRefused: (client: RefusedClient) => refused.push(client),
    };
    const webhook = await startTestWebhook(t, { clients });
    const call = async (client: KeyPair | undefined) => {
      const outgoing = httpsRequest(`${webhook.admission.url}/mutate`, {
        ...client,
        method: 'POST',
        ca: webhook.ca,
        servername: 'localhost',
        agent: false,
        headers: { 'Content-Type': 'application/json' },
      });
      outgoing.end(review);
      const { status, text } = await readAnswer(outgoing);
      return { status, body: JSON.parse(text) as unknown };
    };
    return { authority, call, refused, trust: (ca: string) => trusted.set(ca), webhook };
  }

  it('rejects callers without one, or with another CA, in the handshake', async (t) => {
    const { call, authority, refused } = await start(t, []);
    const other = await createAuthority('clients', validity);
    await assert.rejects(call(undefined), { code: /ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET/ });
    await assert.rejects(call(await createClientCertificate(other, 'api')), { code: /ERR_SSL_.*ALERT|ECONNRESET/ });
    assert.equal((await call(await createClientCertificate(authority, 'anybody'))).status, 200);
    assert.deepEqual(refused, []);
  });

  it('answers 403 to other names, and reports them', async (t) => {
    const { call, authority, refused } = await start(t, ['api', 'aggregator']);
    assert.equal((await call(await createClientCertificate(authority, 'api'))).status, 200);
    assert.equal((await call(await createClientCertificate(authority, 'somebody', 'aggregator'))).status, 200);
    assert.deepEqual(await call(await createClientCertificate(authority, 'mallory')), {
      status: 403,
      body: { error: 'the client certificate is for mallory, which is not allowed' },
    });
    assert.deepEqual(refused, [{ names: ['mallory'], address: '127.0.0.1' }]);
    await assert.rejects(call(undefined), { code: /ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET/ });
  });

  it('trusts the CAs of the last change', async (t) => {
    const { call, authority, trust } = await start(t, []);
    const other = await createAuthority('others', validity);
    const [before, after] = await Promise.all([
      createClientCertificate(authority, 'api'),
      createClientCertificate(other, 'api'),
    ]);
    assert.equal((await call(before)).status, 200);
    trust(other.cert);
    assert.equal((await call(after)).status, 200);
    await assert.rejects(call(before), { code: /ERR_SSL_.*ALERT|ECONNRESET/ });
  });

  it('does not resume a session', async (t) => {
    const { authority, webhook } = await start(t, []);
    const client = await createClientCertificate(authority, 'api');
    const options = {
      ...client,
      host: '127.0.0.1',
      port: webhook.admission.port,
      ca: webhook.ca,
      servername: 'localhost',
    };
    const handshake = async (session?: Buffer) => {
      const socket = connect({ ...options, ...(session !== undefined && { session }) });
      let ticket: Buffer | undefined;
      socket.on('session', (given: Buffer) => (ticket = given));
      await once(socket, 'secureConnect');
      const isReused = socket.isSessionReused();
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      socket.resume();
      await once(socket, 'close');
      return { ticket, isReused };
    };
    const { ticket } = await handshake();
    assert.equal((await handshake(ticket)).isReused, false);
  });
});

describe('webhook, ciphers', () => {
  it('without forward secrecy are rejected', async (t) => {
    const webhook = await startTestWebhook(t);
    const handshake = async (ciphers: string) => {
      const socket = connect({
        host: '127.0.0.1',
        port: webhook.admission.port,
        ca: webhook.ca,
        servername: 'localhost',
        maxVersion: 'TLSv1.2',
        ciphers,
      });
      try {
        await once(socket, 'secureConnect');
        return socket.getCipher().name;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      } finally {
        socket.destroy();
      }
    };
    assert.equal(await handshake('ECDHE-ECDSA-AES128-GCM-SHA256'), 'ECDHE-ECDSA-AES128-GCM-SHA256');
    assert.match((await handshake('ECDHE-ECDSA-AES128-SHA')) ?? '', /HANDSHAKE_FAILURE/);
  });
});
