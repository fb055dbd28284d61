import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { KeyPair } from '../../src/certificates/self-signed.ts';

/** A request as a registry saw it. */
export interface SeenRequest {
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface OddRegistry {
  /** `127.0.0.1` and its port. */
  readonly host: string;
  readonly seen: readonly SeenRequest[];
}

/** A server on this machine that answers as it is told, for the length of a test; with a certificate it speaks TLS. */
export async function startOddRegistry(
  t: TestContext,
  answer: RequestListener,
  certificate?: KeyPair,
): Promise<OddRegistry> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(seenOf(request));
    answer(request, response);
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function seenOf({ method = '', url = '', headers }: IncomingMessage): SeenRequest {
  return { line: `${method} ${url}`, authorization: headers.authorization };
}
