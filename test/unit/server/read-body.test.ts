import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BodyReader } from '../../../src/server/read-body.ts';

describe('a body that was read', () => {
  it('is not kept for as long as its request lives', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const incoming = new IncomingMessage(new Socket());
    const bodies: { last?: WeakRef<Buffer>; text?: string } = {};
    new BodyReader().read(
      incoming,
      (body) => {
        bodies.last = new WeakRef(body);
        bodies.text = body.toString();
      },
      (error) => assert.ifError(error),
    );
    incoming.push(Buffer.alloc(70_000, 'a'));
    incoming.push(null);
    incoming.complete = true;
    await once(incoming, 'end');
    // A WeakRef holds on to what it was made of until the job is over.
    await turn();
    collect();

    assert.equal(bodies.text?.length, 70_000);
    assert.equal(bodies.last?.deref()?.length, undefined);
    assert.equal(incoming.listenerCount('data'), 1, 'the request is still there, with whoever listened to it');
  });
});
