import { type RequestListener, type Server, createServer as createHttpServer } from 'node:http';
import { type ServerOptions, createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServingCertificate } from '../certificates/certificate-files.ts';

/** A socket that is bound and answers. */
export interface Listener {
  /** e.g. `https://127.0.0.1:8443` */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections and resolves when the requests in flight are answered, or cut off after a grace period. */
  close(): Promise<void>;
}

/** A port cannot be bound; the message is the one line a person needs. */
export class ListenError extends Error {
  readonly code = 'listen';
}

/** Limits on slow clients, milliseconds; the API server sends its headers at once and a body of at most 3 MiB. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than the 90 s after which a Go client drops an idle connection, so that it never writes into one we just closed.
  keepAliveTimeout: 120_000,
  maxHeaderSize: 16 * 1024,
} as const;

/** Serves an application over TLS 1.2 or later. */
export function listenHttps(
  app: RequestListener,
  certificate: ServingCertificate,
  host: string,
  port: number,
): Promise<Listener> {
  const options: ServerOptions = {
    cert: certificate.cert,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: 10_000,
    ...limits,
  };
  return listen('https', createHttpsServer(options, app), host, port);
}

/** Serves an application over plain HTTP. */
export function listenHttp(app: RequestListener, host: string, port: number): Promise<Listener> {
  return listen('http', createHttpServer(limits, app), host, port);
}

function listen(scheme: string, server: Server, host: string, port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      resolve({
        url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
        port: bound,
        close: () => closeServer(server),
      });
    });
  });
}

/** Once a server closes, Node no longer times out those who are slow to send: they have as long as a request may take. */
const closeGrace = 5_000;

function closeServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), closeGrace);
    server.close(() => {
      clearTimeout(cutOff);
      closed();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `port ${port} on ${host}`;
  if (error.code === 'EADDRINUSE')
    return `${where} is in use by another process; name another one, or 0 for any free one`;
  if (error.code === 'EACCES') return `${where} may not be bound by this user; ports below 1024 are reserved`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `${host} is no address of this machine`;
  return `${where} cannot be bound: ${error.message}`;
}
