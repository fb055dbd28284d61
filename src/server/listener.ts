import { constants } from 'node:crypto';
import { type RequestListener, type Server, type ServerOptions, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { limitConnections } from './limit-connections.ts';

/** A socket that is bound and answers. */
export interface Listener {
  /** e.g. `https://127.0.0.1:8443` */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no more connections and resolves when the requests in flight are answered, or cut off after a grace period.
   */
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
  /**
   * New connections get the new identity, those that are open stay. Whether callers must prove themselves cannot
   * change.
   */
  renew(identity: TlsIdentity): void;
}

/** A port cannot be bound; the message is the one line a person needs. */
export class ListenError extends Error {
  readonly code = 'listen';
}

/** Limits on callers of a port; times are milliseconds. */
export interface PortLimits {
  /** Until the headers of a request are there, and until all of it is. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** From the headers of a request until its answer is taken. */
  readonly exchangeTimeout: number;
  /** That a connection may wait for its next request. */
  readonly keepAliveTimeout: number;
  /** Connections at a time. */
  readonly connections: number;
  /** Until those are cut off that are still open when the port closes. */
  readonly closeGrace: number;
}

/** Limits for build pods, probes and Prometheus, who ask for a text that is there. */
export const plainLimits: PortLimits = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  exchangeTimeout: 10_000,
  keepAliveTimeout: 5_000,
  // A probe or a script takes milliseconds: these are some thousand a second.
  connections: 100,
  closeGrace: 5_000,
};

/** Limits for API servers, which send their headers at once and a body of at most 3 MiB. */
export const secureLimits: PortLimits = {
  headersTimeout: 10_000,
  // OpenShift gives all of its admission plugins 13 s.
  requestTimeout: 10_000,
  // The longest timeout that a webhook can have.
  exchangeTimeout: 30_000,
  // Longer than the 90 s after which a Go client drops an idle connection, so that it never writes into one we just
  // closed.
  keepAliveTimeout: 120_000,
  // An API server has one open per admission that waits for us, 3 of them 50 each while a release rolls out; twice that
  // for those that are idle or on their way out. One takes about 50 kB: 300 of them 15 MB.
  connections: 300,
  closeGrace: 5_000,
};

const maxHeaderSize = 16 * 1024;

function serverOptionsOf({ headersTimeout, requestTimeout, keepAliveTimeout }: PortLimits): ServerOptions {
  // Half a minute by default, by which the timeouts would be exceeded.
  const connectionsCheckingInterval = Math.min(1_000, headersTimeout);
  return { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval, maxHeaderSize };
}

/**
 * Forward secrecy and authenticated encryption only, as in OpenShift's TLS profile Intermediate: any API server since
 * 3.x can do one of them.
 */
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
    ca: clientCa,
    secureOptions:
      // Another handshake on the same connection costs us much and a caller little; no API server asks for one.
      constants.SSL_OP_NO_RENEGOTIATION |
      // A session that is resumed is not asked for its certificate again, be its CA still trusted or not.
      (clientCa === undefined ? 0 : constants.SSL_OP_NO_TICKET),
  };
}

export interface SecureListenerOptions {
  readonly limits?: PortLimits;
  /** The classes that requests and responses are created of. */
  readonly messages?: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
}

/** Serves an application over TLS 1.2 or later. */
export async function listenHttps(
  app: RequestListener,
  identity: TlsIdentity,
  host: string,
  port: number,
  { limits = secureLimits, messages = {} }: SecureListenerOptions = {},
): Promise<SecureListener> {
  const isVerifying = identity.clientCa !== undefined;
  const server = createHttpsServer(
    {
      ...contextOf(identity),
      requestCert: isVerifying,
      rejectUnauthorized: isVerifying,
      handshakeTimeout: limits.headersTimeout,
      ...serverOptionsOf(limits),
      ...messages,
    },
    oneAtATime(app, limits.exchangeTimeout),
  );
  const listener = await listen('https', server, host, port, limits);
  return { ...listener, renew: (renewed) => server.setSecureContext(contextOf(renewed)) };
}

/** Serves an application over plain HTTP. */
export function listenHttp(
  app: RequestListener,
  host: string,
  port: number,
  limits: PortLimits = plainLimits,
): Promise<Listener> {
  return listen(
    'http',
    createHttpServer(serverOptionsOf(limits), oneAtATime(app, limits.exchangeTimeout)),
    host,
    port,
    limits,
  );
}

/**
 * Answers one request of a connection after another, each within a time. Nobody sends a further one before; the answers
 * would pile up.
 */
function oneAtATime(app: RequestListener, timeout: number): RequestListener {
  const answering = new WeakSet<Socket>();
  return (request, response) => {
    const { socket } = request;
    if (answering.has(socket)) {
      socket.destroy();
      return;
    }
    answering.add(socket);
    const cutOff = setTimeout(() => socket.destroy(), timeout);
    response.once('close', () => {
      clearTimeout(cutOff);
      answering.delete(socket);
    });
    app(request, response);
  };
}

function listen(scheme: string, server: Server, host: string, port: number, limits: PortLimits): Promise<Listener> {
  limitConnections(server, limits.connections);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      resolve({
        url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
        port: bound,
        close: () => closeServer(server, limits.closeGrace),
      });
    });
  });
}

/** Once a server closes, Node no longer times out those who are slow to send. */
function closeServer(server: Server, grace: number): Promise<void> {
  return new Promise((closed) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), grace);
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
