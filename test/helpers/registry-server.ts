import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { KeyPair } from '../../src/certificates/self-signed.ts';

/** A request that a registry received. */
export interface ReceivedRequest {
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface OddRegistry {
  /** `127.0.0.1` and its port. */
  readonly host: string;
  readonly requests: readonly ReceivedRequest[];
}

/** Starts a server for one test with the given answers; with a certificate it uses TLS. */
export async function startOddRegistry(
  t: TestContext,
  answer: RequestListener,
  certificate?: KeyPair,
): Promise<OddRegistry> {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(receivedFrom(request));
    answer(request, response);
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function receivedFrom({ method = '', url = '', headers }: IncomingMessage): ReceivedRequest {
  return { line: `${method} ${url}`, authorization: headers.authorization };
}
