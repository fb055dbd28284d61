import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, describe, it } from 'node:test';
import { type BodyLimits, ReviewBodies, bodyLimits } from '../../../src/server/review-bodies.ts';
import { RequestError } from '../../../src/server/send-json.ts';
import { readAnswer } from '../../helpers/webhook.ts';

const kB = 1_000;

/** Resolves when the request is closed, with or without an error. */
function closeOf(outgoing: ClientRequest): Promise<unknown> {
  return new Promise((resolve) => outgoing.once('close', resolve));
}

/** Starts a server that answers with the content of a body; a body `{"wait":true}` is answered on demand. */
async function startServer(t: TestContext, limits: Partial<BodyLimits>) {
  const bodies = new ReviewBodies({ ...bodyLimits, ...limits });
  const waiting: (() => void)[] = [];
  const arrived = Promise.withResolvers<undefined>();
  const server = createServer((incoming, response) => {
    const closed = once(response, 'close');
    const review = async (body: unknown) => {
      if ((body as { wait?: boolean }).wait === true) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          arrived.resolve(undefined);
        });
      }
      response.end(JSON.stringify(body));
    };
    bodies.with(incoming, closed, review).catch((error: unknown) => {
      incoming.resume();
      response.writeHead(error instanceof RequestError ? error.code : 500).end((error as Error).message);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (headers: Record<string, string | number> = {}): ClientRequest => {
    const outgoing = httpRequest({ port, method: 'POST', agent: false, headers });
    outgoing.on('error', () => undefined);
    return outgoing;
  };
  const post = async (body: string, headers: Record<string, string | number> = {}) => {
    const outgoing = open(headers);
    outgoing.end(body);
    const { status, text } = await readAnswer(outgoing);
    return [status, text] as const;
  };
  return { open, post, waiting, arrived: arrived.promise };
}

const bodyOf = (length: number, wait = false) => JSON.stringify({ wait, padding: 'x'.repeat(length) });
const full = 'too much is being sent at once; try again';

describe('ReviewBodies', () => {
  it('passes a body on unmodified', async (t) => {
    const { post } = await startServer(t, {});
    assert.deepEqual(await post('{"a":["ä",1]}'), [200, '{"a":["ä",1]}']);
  });

  const refused: readonly [
    title: string,
    body: string,
    headers: Record<string, string>,
    status: number,
    text: string,
  ][] = [
    ['that is empty', '', {}, 400, 'the body is empty; POST an AdmissionReview'],
    ['that is deep', '['.repeat(65) + ']'.repeat(65), {}, 400, 'the body is nested deeper than 64'],
    ['of empty objects', `[${'{},'.repeat(40_000)}{}]`, {}, 413, 'the body has too many values'],
    ['that is compressed', '{}', { 'Content-Encoding': 'br' }, 415, 'unsupported content encoding "br"'],
    ['that is long', 'x'.repeat(3_145_729), {}, 413, 'the body is larger than 3145728 bytes'],
  ];
  for (const [title, body, headers, status, text] of refused) {
    it(`rejects a body ${title}`, async (t) => {
      const { post } = await startServer(t, {});
      assert.deepEqual(await post(body, headers), [status, text]);
    });
  }

  it('accepts a body with the greatest depth and number of values', async (t) => {
    const { post } = await startServer(t, {});
    assert.equal((await post('['.repeat(64) + ']'.repeat(64)))[0], 200);
    assert.equal((await post(`[${'{},'.repeat(29_999)}0]`))[0], 200);
  });

  it('passes a body on in pieces, with or without Content-Length', async (t) => {
    const { open } = await startServer(t, {});
    const body = bodyOf(100 * kB);
    for (const headers of [{ 'Content-Length': body.length }, { 'Transfer-Encoding': 'chunked' }]) {
      const outgoing = open(headers);
      for (let at = 0; at < body.length; at += 7 * kB) {
        outgoing.write(body.slice(at, at + 7 * kB));
        await new Promise(setImmediate);
      }
      outgoing.end();
      assert.equal((await readAnswer(outgoing)).text, body);
    }
  });

  it('counts a body until it is answered, even if its caller is gone', async (t) => {
    // A body of 20 kB counts as 80 kB.
    const { open, post, waiting, arrived } = await startServer(t, { total: 120 * kB, reserved: 0, small: 0 });
    const first = open();
    first.end(bodyOf(20 * kB, true));
    await arrived;
    assert.deepEqual(await post(bodyOf(20 * kB)), [503, full]);
    const gone = closeOf(first);
    first.destroy();
    await gone;
    assert.deepEqual(await post(bodyOf(20 * kB)), [503, full]);
    waiting[0]?.();
    await new Promise(setImmediate);
    assert.equal((await post(bodyOf(20 * kB)))[0], 200);
  });

  it('reserves room for small bodies', async (t) => {
    const { open, post, arrived } = await startServer(t, { total: 100 * kB, reserved: 15 * kB, small: 2 * kB });
    open().end(bodyOf(20 * kB, true));
    await arrived;
    assert.deepEqual(await post(bodyOf(3 * kB)), [503, full]);
    assert.equal((await post(bodyOf(1 * kB)))[0], 200);
    // A body with few bytes and many values is not small.
    assert.deepEqual(await post(`[${'{},'.repeat(400)}0]`), [503, full]);
  });

  it('drops a stalled body for a new one', async (t) => {
    const { open, post } = await startServer(t, { total: 100 * kB, reserved: 0, small: 0 });
    const stopped = Array.from({ length: 4 }, () => {
      const outgoing = open({ 'Content-Length': 30 * kB });
      outgoing.write('x'.repeat(28 * kB));
      return closeOf(outgoing);
    });
    // The fourth replaces one of the others, and the body, which counts as four times its length, the rest.
    await Promise.race(stopped);
    assert.equal((await post(bodyOf(20 * kB)))[0], 200);
    await Promise.all(stopped);
  });
});
