import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection, and its current request with the response; undefined between two requests. */
interface Connection {
  readonly key: string;
  readonly socket: Socket;
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** The number of its last use, counted over all connections. */
  used: number;
}

/**
 * Limits the connections of a server. If a new one exceeds the limit, a connection is closed that has no complete
 * request waiting for its answer: of the address with the most connections, the one that has been unused longest. If
 * there is none, the new one is closed.
 */
export function limitConnections(server: Server, max: number): void {
  // By remote address and port, which the TLS socket and the socket inside it share.
  const open = new Map<string, Connection>();
  let uses = 0;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    if (open.size >= max) {
      const unused = longestUnused([...open.values()]);
      (unused?.socket ?? socket).destroy();
      open.delete(unused?.key ?? '');
    }
    if (socket.destroyed) return;
    open.set(key, { key, socket, request: undefined, response: undefined, used: (uses += 1) });
    socket.once('close', () => {
      if (open.get(key)?.socket === socket) open.delete(key);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(keyOf(request.socket));
    if (connection === undefined) return;
    Object.assign(connection, { request, response, used: (uses += 1) });
    response.once('close', () => {
      Object.assign(connection, { request: undefined, response: undefined, used: (uses += 1) });
    });
  });
}

function keyOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function longestUnused(connections: readonly Connection[]): Connection | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { socket } of connections) counts.set(socket.remoteAddress, (counts.get(socket.remoteAddress) ?? 0) + 1);
  const countOf = ({ socket }: Connection) => counts.get(socket.remoteAddress) ?? 0;
  const [longest] = connections
    .filter(({ request, response }) => request?.complete !== true || response?.writableEnded === true)
    .toSorted((one, other) => countOf(other) - countOf(one) || one.used - other.used);
  return longest;
}
