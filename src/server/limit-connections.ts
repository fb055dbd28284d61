import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection, and the last exchange that began on it. */
interface Connection {
  readonly key: string;
  readonly socket: Socket;
  readonly exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
}

/**
 * Holds a server to so many connections. A newcomer is let in, and one is closed instead on which nothing is being
 * answered: of the address that has most of them, the one that has been so for longest.
 */
export function limitConnections(server: Server, max: number): void {
  // In the order of their use. The socket that carries TLS and the one inside it have the same other end.
  const open = new Map<string, Connection>();
  const use = (connection: Connection) => {
    open.delete(connection.key);
    open.set(connection.key, connection);
  };
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    if (open.size >= max) {
      const unused = longestUnused([...open.values()]);
      (unused?.socket ?? socket).destroy();
      open.delete(unused?.key ?? '');
    }
    if (socket.destroyed) return;
    use({ key, socket, exchange: undefined });
    socket.once('close', () => {
      if (open.get(key)?.socket === socket) open.delete(key);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(keyOf(request.socket));
    if (connection === undefined) return;
    use({ ...connection, exchange: { request, response } });
    response.once('close', () => {
      const current = open.get(connection.key);
      if (current?.socket === connection.socket) use(current);
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
  const unused = connections.filter(
    ({ exchange }) => exchange === undefined || !exchange.request.complete || exchange.response.writableEnded,
  );
  return unused.reduce<Connection | undefined>(
    (chosen, connection) => (chosen === undefined || countOf(connection) > countOf(chosen) ? connection : chosen),
    undefined,
  );
}
