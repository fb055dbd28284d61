import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Returns a free loopback port. It is below the range of outgoing connections (Linux: from 32768), so none of them can
 * take it while its server restarts.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
