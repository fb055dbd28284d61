import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection, and the exchange that goes on there; nothing is kept of one that is over. */
interface Connection {
  readonly key: string;
  readonly socket: Socket;
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Its place in the order of their use. */
  used: number;
}

/**
 * Holds a server to so many connections. A newcomer is let in, and one is closed instead on which nothing is being
 * answered: of the address that has most of them, the one that has been so for longest.
 */
export function limitConnections(server: Server, max: number): void {
  // By the other end, which the socket that carries TLS and the one inside it share.
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
