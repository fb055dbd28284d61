import { constants } from 'node:crypto';
import { type RequestListener, type Server, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** A socket that is bound and answers. */
export interface Listener {
  /** e.g. `https://127.0.0.1:8443` */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections and resolves when the requests in flight are answered, or cut off after a grace period. */
  close(): Promise<void>;
}

/** What a TLS listener proves itself with, and whom it lets in. */
export interface TlsIdentity {
  /** The certificate and its chain, PEM. */
  readonly cert: string;
  readonly key: string;
  /** The CAs that callers must have a certificate of, PEM; undefined: anybody may call. */
  readonly clientCa: string | undefined;
}

/** A TLS listener. */
export interface SecureListener extends Listener {
  /** New connections get the new identity, those that are open stay. Whether callers must prove themselves cannot change. */
  renew(identity: TlsIdentity): void;
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

/**
 * Connections at a time, at each port. An API server has one open per admission that waits for us, 3 of them 50 each while a release rolls out;
 * twice that for connections that are idle or on their way out. One takes about 50 kB: 300 of them 15 MB.
 */
const maxConnections = 300;

/** Forward secrecy and authenticated encryption only, as in OpenShift's TLS profile Intermediate: any API server since 3.x can do one of them. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

function contextOf({ cert, key, clientCa }: TlsIdentity): SecureContextOptions {
  return {
    cert,
    key,
    ciphers,
    minVersion: 'TLSv1.2',
    // A session that is resumed is not asked for its certificate again, be its CA still trusted or not.
    ...(clientCa !== undefined && { ca: clientCa, secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}

/** Serves an application over TLS 1.2 or later. */
export async function listenHttps(
  app: RequestListener,
  identity: TlsIdentity,
  host: string,
  port: number,
): Promise<SecureListener> {
  const isVerifying = identity.clientCa !== undefined;
  const server = createHttpsServer(
    {
      ...contextOf(identity),
      requestCert: isVerifying,
      rejectUnauthorized: isVerifying,
      handshakeTimeout: 10_000,
      ...limits,
    },
    app,
  );
  const listener = await listen('https', server, host, port);
  return { ...listener, renew: (renewed) => server.setSecureContext(contextOf(renewed)) };
}

/** Serves an application over plain HTTP. */
export function listenHttp(app: RequestListener, host: string, port: number): Promise<Listener> {
  return listen('http', createHttpServer(limits, app), host, port);
}

function listen(scheme: string, server: Server, host: string, port: number): Promise<Listener> {
  server.maxConnections = maxConnections;
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
