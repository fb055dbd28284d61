import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServingCertificate } from '../../src/certificates/certificate-source.ts';
import type { JsonObject } from '../../src/openshift/json.ts';

/** An API server with a few objects, which can be slow. */
export interface SlowApiServer {
  readonly port: number;
  /** Whether GETs of single objects, and lists of one namespace, are never answered. */
  hangs: boolean;
  /** Sends a change to watches of Builds. */
  tell(build: JsonObject): void;
  close(): void;
}

const apiVersion = 'build.openshift.io/v1';
const metadata = { resourceVersion: '1000' };

/** @param stored the texts of all BuildConfigs and of all Builds */
export async function startApiServer(
  { cert, key }: ServingCertificate,
  stored: { readonly buildconfigs: readonly string[]; readonly builds: readonly string[] },
): Promise<SlowApiServer> {
  const watches = new Map<ServerResponse, string>();
  const bookmark = JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Build', apiVersion, metadata } });
  const server = createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? '', 'https://localhost');
    const name = url.pathname.split('/').at(-1) ?? '';
    request.resume();
    if (request.method === 'POST') response.writeHead(201).end('{}');
    else if (url.pathname.includes('/namespaces/') && api.hangs) return;
    else if (name !== 'builds' && name !== 'buildconfigs') response.writeHead(404).end('{}');
    else if (url.searchParams.get('watch') === 'true') {
      watches.set(response, name);
      response.on('close', () => watches.delete(response));
      response.write(`${bookmark}\n`);
    } else {
      const from = Number(url.searchParams.get('continue') ?? 0);
      const to = from + Number(url.searchParams.get('limit') ?? 500);
      const all = url.pathname.includes('/namespaces/') ? [] : stored[name];
      const page = JSON.stringify({ ...metadata, ...(to < all.length && { continue: String(to) }) });
      const items = all.slice(from, to).join(',');
      response.end(`{"kind":"List","apiVersion":"${apiVersion}","metadata":${page},"items":[${items}]}`);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const tellAll = (line: string) => {
    for (const [response, name] of watches) if (name === 'builds' || line === bookmark) response.write(`${line}\n`);
  };
  const beat = setInterval(() => tellAll(bookmark), 5_000);
  const api: SlowApiServer = {
    port: (server.address() as AddressInfo).port,
    hangs: false,
    tell: (build) => tellAll(JSON.stringify({ type: 'MODIFIED', object: build })),
    close: () => {
      clearInterval(beat);
      server.closeAllConnections();
      server.close();
    },
  };
  return api;
}
