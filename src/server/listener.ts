import { constants } from 'node:crypto';
import { type RequestListener, type Server, type ServerOptions, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { limitConnections } from './limit-connections.ts';

/** Describes a port that is listened on, and closes it. */
export interface Listener {
  /** Such as `https://127.0.0.1:8443`. */
  readonly url: string;
  readonly port: number;
  /** Accepts no more connections, and resolves when running requests are answered, or aborted after a grace period. */
  close(): Promise<void>;
}

/** Holds the certificate of a TLS listener, and the CAs of its callers. */
export interface TlsIdentity {
  /** The certificate and its chain, PEM. */
  readonly cert: string;
  readonly key: string;
  /** The CAs that callers need a certificate of, PEM; undefined: anybody may call. */
  readonly clientCa: string | undefined;
}

/** Extends a listener by certificates that can be renewed. */
export interface SecureListener extends Listener {
  /** Uses another identity for new connections. Whether callers need a certificate cannot change. */
  renew(identity: TlsIdentity): void;
}

/** A port cannot be bound; the message is one line. */
export class ListenError extends Error {
  readonly code = 'listen';
}

/** Limits the callers of a port; times are milliseconds. */
export interface PortLimits {
  /** From the start of a request until its headers are received, and until its body is. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** From the headers of a request until the caller has received the answer. */
  readonly exchangeTimeout: number;
  /** The time that a connection may be idle. */
  readonly keepAliveTimeout: number;
  /** Concurrent connections. */
  readonly connections: number;
  /** From the closing of the port until its remaining connections are closed. */
  readonly closeGrace: number;
}

/**
 * Limits the HTTP ports. Build pods, probes and Prometheus send requests without a body, which are answered at once.
 */
export const plainLimits: PortLimits = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  exchangeTimeout: 10_000,
  keepAliveTimeout: 5_000,
  // A probe or a script takes milliseconds, so 100 connections allow thousands of them in a second.
  connections: 100,
  closeGrace: 5_000,
};

/** Limits the HTTPS port. API servers send headers at once and a body of at most 3 MiB. */
export const secureLimits: PortLimits = {
  headersTimeout: 10_000,
  // OpenShift limits all admission plugins together to 13 s.
  requestTimeout: 10_000,
  // The longest timeout of a webhook.
  exchangeTimeout: 30_000,
  // More than the 90 s after which Go clients close an idle connection, so that they never write into a closed one.
  keepAliveTimeout: 120_000,
  // An API server has a connection for each request that waits: about 50 during a rollout, 150 for three API servers.
  // As many again may be idle or closing. One takes about 50 kB, so 300 take 15 MB.
  connections: 300,
  closeGrace: 5_000,
};

const maxHeaderSize = 16 * 1024;

function serverOptionsOf({ headersTimeout, requestTimeout, keepAliveTimeout }: PortLimits): ServerOptions {
  // The default, half a minute, would exceed the timeouts.
  const connectionsCheckingInterval = Math.min(1_000, headersTimeout);
  return { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval, maxHeaderSize };
}

/**
 * Lists only ciphers with forward secrecy and authenticated encryption, as OpenShift's TLS profile Intermediate does.
 * Any API server since 3.x supports one of them.
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
      // A new handshake on a connection costs the server much more than the caller; no API server requests one.
      constants.SSL_OP_NO_RENEGOTIATION |
      // A resumed session does not verify the certificate again, even if its CA is no longer trusted.
      (clientCa === undefined ? 0 : constants.SSL_OP_NO_TICKET),
  };
}

/** Holds the options of `listenHttps`. */
export interface SecureListenerOptions {
  readonly limits?: PortLimits;
  /** The classes of requests and responses. */
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
 * Answers one request of a connection at a time, each within a time limit. Callers do not pipeline requests, and the
 * answers would accumulate.
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

/**
 * Closes a server, and after the grace period the connections that remain: Node.js does not apply its timeouts to slow
 * senders while a server closes.
 */
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
