import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Admission } from '../../src/admission/admit.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { type Answer, patchIn, readAnswer, send, startTestWebhook, suiteWebhook } from '../helpers/webhook.ts';

const passes = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid: 'a-review', allowed: true },
};

function errorOf({ status, text }: Answer): { status: number; error: string } {
  return { status, error: (JSON.parse(text) as { error: string }).error };
}

describe('POST /mutate with an invalid request', () => {
  const webhook = suiteWebhook();

  const review = reviewOf(exampleBuild());
  const rejected: readonly [
    name: string,
    body: string | Buffer | object,
    headers: Record<string, string>,
    status: number,
    error: RegExp,
  ][] = [
    ['truncated JSON', JSON.stringify(review).slice(0, 500), {}, 400, /^the body is not JSON: /],
    ['an empty body', '', {}, 400, /^the body is empty; POST an AdmissionReview$/],
    ['a compressed body', review, { 'Content-Encoding': 'gzip' }, 415, /^unsupported content encoding "gzip"$/],
    ['a JSON text', '"review"', {}, 400, /^not an AdmissionReview: the body must be an AdmissionReview object$/],
    ['a JSON list', [review], {}, 400, /^not an AdmissionReview: the body must be an AdmissionReview object$/],
    [
      'another kind',
      { ...review, kind: 'TokenReview' },
      {},
      400,
      /^not an AdmissionReview: kind must be AdmissionReview; is "TokenReview"$/,
    ],
    [
      'another version',
      { ...review, apiVersion: 'admission.k8s.io/v2' },
      {},
      400,
      /^not an AdmissionReview: apiVersion must be one of admission\.k8s\.io\/v1, admission\.k8s\.io\/v1beta1; is "admission\.k8s\.io\/v2"$/,
    ],
    ['no request', { ...review, request: undefined }, {}, 400, /^not an AdmissionReview: request must be an object$/],
    ['no uid', reviewOf({}, { uid: '' }), {}, 400, /^not an AdmissionReview: request\.uid must be well-formed; is ""$/],
    [
      'a wrong content type',
      review,
      { 'Content-Type': 'text/plain' },
      415,
      /^Content-Type must be application\/json; is text\/plain$/,
    ],
    [
      'an encoding that is unknown',
      review,
      { 'Content-Encoding': 'zstd9' },
      415,
      /^unsupported content encoding "zstd9"$/,
    ],
    ['a body of 4 MiB', Buffer.alloc(4 * 1024 * 1024, ' '), {}, 413, /^the body is larger than 3145728 bytes$/],
  ];
  for (const [name, body, headers, status, error] of rejected) {
    it(`answers ${status} to ${name}`, async () => {
      const answer = await webhook().post(body, { headers });
      assert.equal(answer.status, status);
      assert.match(errorOf(answer).error, error);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    });
  }

  it('answers 413 to a body of 4 MiB without Content-Length', async () => {
    const outgoing = httpsRequest(`${webhook().admission.url}/mutate`, {
      method: 'POST',
      ca: webhook().ca,
      servername: 'localhost',
      agent: false,
      headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
    });
    outgoing.end(Buffer.alloc(4 * 1024 * 1024, ' '));
    assert.equal((await readAnswer(outgoing)).status, 413);
  });

  it('answers a review while twenty other bodies are incomplete', async (t) => {
    const held = Array.from({ length: 20 }, () => {
      const outgoing = httpsRequest(`${webhook().admission.url}/mutate`, {
        method: 'POST',
        ca: webhook().ca,
        servername: 'localhost',
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': 3 * 1024 * 1024 },
      });
      outgoing.on('error', () => undefined);
      outgoing.write(Buffer.alloc(3 * 1024 * 1024 - 1, ' '));
      return outgoing;
    });
    t.after(() => held.forEach((outgoing) => outgoing.destroy()));
    // Some are dropped, because there is not room for all.
    await Promise.race(held.map((outgoing) => new Promise((resolve) => outgoing.once('close', resolve))));
    const large = JSON.stringify(reviewOf(exampleBuild({ spec: { revision: { message: 'x'.repeat(2_000_000) } } })));
    assert.notDeepEqual(patchIn((await webhook().post(review)).text), []);
    assert.equal((await webhook().post(large)).status, 200);
  });

  for (const method of ['GET', 'PUT', 'DELETE']) {
    it(`answers 405 to ${method}`, async () => {
      const answer = await webhook().post('', { method });
      assert.deepEqual(errorOf(answer), {
        status: 405,
        error: `${method} is not allowed here; POST an AdmissionReview`,
      });
      assert.equal(answer.headers['allow'], 'POST');
    });
  }

  it('answers 404 for other paths', async () => {
    const answer = await webhook().post(review, { path: '/validate' });
    assert.deepEqual(errorOf(answer), {
      status: 404,
      error: 'there is nothing at /validate; POST an AdmissionReview to /mutate',
    });
  });

  it('answers the next review normally', async () => {
    const answer = await webhook().post(review);
    assert.equal(answer.status, 200);
    assert.notDeepEqual(patchIn(answer.text), []);
  });
});

describe('POST /mutate with objects of any shape', () => {
  const webhook = suiteWebhook();

  const untouched: readonly [name: string, review: object][] = [
    ['no object', reviewOf(undefined)],
    ['a null object', reviewOf(null)],
    ['a list for an object', reviewOf([1])],
    ['another resource', reviewOf({ kind: 'Pod', metadata: { labels: { 's2i-incremental.io/enabled': 'true' } } })],
    ['another group', reviewOf(exampleBuild(), { resource: { group: 'build.example.com', resource: 'builds' } })],
    ['no resource', reviewOf(exampleBuild(), { resource: null })],
    ['a subresource', reviewOf(exampleBuild(), { subResource: 'details' })],
    ['a deletion', reviewOf(exampleBuild(), { operation: 'DELETE' })],
    ['a Build without metadata', reviewOf(exampleBuild({ metadata: null }))],
    ['labels that are a list', reviewOf(exampleBuild({ metadata: { labels: ['s2i-incremental.io/enabled'] } }))],
    ['labels that are numbers', reviewOf(exampleBuild({ metadata: { labels: { 's2i-incremental.io/enabled': 1 } } }))],
  ];
  for (const [name, review] of untouched) {
    it(`lets ${name} pass unmodified`, async () => {
      const answer = await webhook().post(review);
      assert.deepEqual(
        { status: answer.status, body: JSON.parse(answer.text) as unknown },
        { status: 200, body: passes },
      );
    });
  }

  const unsupported: readonly [name: string, build: object][] = [
    ['no spec', exampleBuild({ spec: null })],
    ['no strategy', exampleBuild({ spec: { strategy: null } })],
    ['a strategy that is a text', exampleBuild({ spec: { strategy: 'Source' } })],
    ['a source strategy that is a list', exampleBuild({ spec: { strategy: { sourceStrategy: [] } } })],
  ];
  for (const [name, build] of unsupported) {
    it(`lets a Build with ${name} pass with a warning`, async () => {
      const answer = await webhook().post(reviewOf(build));
      const warnings = [
        'label s2i-incremental.io/enabled has no effect: only Builds with Source strategy can be incremental',
      ];
      assert.deepEqual(JSON.parse(answer.text), { ...passes, response: { ...passes.response, warnings } });
    });
  }

  const output = (name: string) => exampleBuild({ spec: { output: { to: { name } } } });
  const outputs: readonly [name: string, build: object, written: string | undefined][] = [
    [
      'a registry with a port',
      output('harbor.example.com:8443/team/app:1'),
      'harbor.example.com:8443/team/app:20260131120000',
    ],
    ['no tag', output('harbor.example.com:8443/team/app'), 'harbor.example.com:8443/team/app:20260131120000'],
    ['an IPv6 registry', output('[fd00::1]:5000/app:1'), '[fd00::1]:5000/app:20260131120000'],
    ['no registry', output('team/app:1'), 'team/app:20260131120000'],
    ['a digest', output(`harbor.example.com/app@sha256:${'0'.repeat(64)}`), undefined],
    ['tag and digest', output(`harbor.example.com/app:1@sha256:${'0'.repeat(64)}`), undefined],
    ['300 characters', output(`harbor.example.com/${'a'.repeat(300)}:1`), undefined],
    [
      '255 characters and a tag',
      output(`harbor.example.com/${'a'.repeat(236)}:1`),
      `harbor.example.com/${'a'.repeat(236)}:20260131120000`,
    ],
    ['an empty name', output(''), undefined],
    ['upper case', output('harbor.example.com/App'), undefined],
    ['no output at all', exampleBuild({ spec: { output: null } }), undefined],
    ['an output that is a text', exampleBuild({ spec: { output: 'harbor' } }), undefined],
    ['a number for a name', exampleBuild({ spec: { output: { to: { name: 5 } } } }), undefined],
  ];
  for (const [name, build, written] of outputs) {
    it(`${written === undefined ? 'keeps' : 'tags'} an output with ${name}`, async (t) => {
      const fresh = await startTestWebhook(t);
      const answer = await fresh.post(reviewOf(build));
      assert.equal(answer.status, 200);
      const changes = patchIn(answer.text).filter(({ path }) => path.startsWith('/spec/output'));
      assert.deepEqual(
        changes,
        written === undefined ? [] : [{ op: 'replace', path: '/spec/output/to/name', value: written }],
      );
    });
  }

  it('treats __proto__ and constructor as ordinary keys', async () => {
    const text = JSON.stringify(reviewOf(exampleBuild({ extra: 1 })))
      .replace('"extra":1', '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}')
      .replace('"app":"api"', '"app":"api","__proto__":"x","constructor":"y"');
    assert.ok(text.includes('"__proto__":"x"'));
    const answer = await webhook().post(text);
    assert.equal(answer.status, 200);
    assert.deepEqual(
      [...new Set(patchIn(answer.text).map(({ path }) => path.split('/').slice(0, 3).join('/')))].sort(),
      ['/metadata/annotations', '/spec/output', '/spec/strategy'],
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('POST /mutate, deadlines and shutdown', () => {
  const chained = 'assemble: {wrapper: false}';

  it("decides on a full build if the history does not answer within the caller's timeout", async (t) => {
    const never = { read: () => new Promise<never>(() => undefined) };
    const admissions: Admission[] = [];
    const webhook = await startTestWebhook(t, {
      config: chained,
      history: never,
      clock: Date.now,
      onAdmission: (admission) => admissions.push(admission),
    });
    const answer = await webhook.post(reviewOf(exampleBuild()), { path: '/mutate?timeout=200ms' });
    assert.equal(answer.status, 200);
    const reason = patchIn(answer.text).find(({ path }) => path === '/metadata/annotations/s2i-incremental.io~1reason');
    assert.deepEqual(reason?.value, 'history_unavailable');
    const outcomes = admissions.map(({ error, failures = [] }) => [error, failures.map(({ source }) => source)]);
    assert.deepEqual(outcomes, [[undefined, ['history']]]);
  });

  it('lets an object pass unmodified after the deadline', async (t) => {
    let now = 0;
    const slow = {
      read: () => {
        now += 5_000;
        return Promise.resolve('unavailable' as const);
      },
    };
    const webhook = await startTestWebhook(t, { config: chained, history: slow, clock: () => now });
    const answer = await webhook.post(reviewOf(exampleBuild()));
    const warnings = ['s2i-incremental-webhook exceeded its deadline, the object is unmodified; see its log'];
    assert.deepEqual(JSON.parse(answer.text), { ...passes, response: { ...passes.response, warnings } });
  });

  it('lets an object pass with a warning if the webhook fails', async (t) => {
    const admissions: Admission[] = [];
    const broken = {
      get hasBuilds(): never {
        throw new TypeError('broken');
      },
    };
    const failing = { read: () => Promise.resolve(broken as never) };
    const webhook = await startTestWebhook(t, {
      config: chained,
      history: failing,
      onAdmission: (admission) => admissions.push(admission),
    });
    const answer = await webhook.post(reviewOf(exampleBuild()));
    const warnings = ['s2i-incremental-webhook had an internal error, the object is unmodified; see its log'];
    assert.deepEqual(JSON.parse(answer.text), { ...passes, response: { ...passes.response, warnings } });
    assert.equal(admissions[0]?.plan.kind === 'skip' && admissions[0].plan.reason, 'internal_error');
    assert.ok(admissions[0]?.error instanceof TypeError);
  });

  it('answers running requests when it stops, and closes connections', async (t) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const history = { read: async () => (await held, 'unavailable' as const) };
    const webhook = await startTestWebhook(t, { config: chained, history });
    const idle = await send(`${webhook.operations.url}/readyz`, '', '', { method: 'GET' });
    assert.equal(
      idle.text,
      '[+] running: ok\n[+] certificate: 3666 days left\n[+] history: test\n[+] wrapper: test\nready\n'.replace(
        '3666',
        /certificate: (\d+)/.exec(idle.text)?.[1] ?? '',
      ),
    );

    const answer = webhook.post(reviewOf(exampleBuild()));
    await delay(50);
    const stopped = webhook.stop();
    await delay(50);
    release();
    assert.equal((await answer).status, 200);
    await stopped;
    await assert.rejects(webhook.post(reviewOf(exampleBuild())), { code: 'ECONNREFUSED' });
  });

  it('is not ready, and closes connections, during the shutdown delay', async (t) => {
    const webhook = await startTestWebhook(t, { environment: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '300ms' } });
    const stopped = webhook.stop();
    const ready = await send(`${webhook.operations.url}/readyz`, '', '', { method: 'GET' });
    assert.equal(ready.status, 503);
    assert.match(ready.text, /^\[-\] running: shutting down\n[^]*\nnot ready\n$/);
    const answer = await webhook.post(reviewOf(exampleBuild()));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.connection, 'close');
    await stopped;
  });
});

describe('webhook, TLS', () => {
  it('supports only TLS 1.2 and 1.3', async (t) => {
    const webhook = await startTestWebhook(t);
    const handshake = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
      const socket = connect({
        host: '127.0.0.1',
        port: webhook.admission.port,
        ca: webhook.ca,
        servername: 'localhost',
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      try {
        await once(socket, 'secureConnect');
        return socket.getProtocol();
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      } finally {
        socket.destroy();
      }
    };
    assert.deepEqual([await handshake('TLSv1.3'), await handshake('TLSv1.2')], ['TLSv1.3', 'TLSv1.2']);
    assert.match((await handshake('TLSv1.1')) ?? '', /^ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION$/);
  });
});

describe('POST /mutate, 1,000 Builds at once', () => {
  it('get 1,000 different tags', async (t) => {
    const webhook = await startTestWebhook(t);
    const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: webhook.ca, servername: 'localhost' });
    t.after(() => agent.destroy());
    const names = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const outgoing = httpsRequest(`${webhook.admission.url}/mutate?timeout=10s`, {
          method: 'POST',
          agent,
          headers: { 'Content-Type': 'application/json' },
        });
        outgoing.end(JSON.stringify(reviewOf(exampleBuild({ metadata: { name: `api-${index}` } }))));
        return patchIn((await readAnswer(outgoing)).text).find(({ path }) => path === '/spec/output/to/name')?.value;
      }),
    );
    assert.equal(new Set(names).size, 1_000);
    assert.ok(names.every((name) => /^harbor\.example\.com\/test\/pyflask:[0-9]{14}$/.test(String(name))));
  });
});
