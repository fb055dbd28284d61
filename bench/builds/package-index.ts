/** An index of Python packages and a registry of npm packages on this machine, with a limited rate. */
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface PackageIndex {
  readonly url: string;
  /** The folder to serve: Python packages as pip downloads them, npm packages as `npm pack` names them. */
  folder: string;
  /** Bytes a second of all answers together; Infinity: unlimited. */
  rate: number;
  /** Bytes sent since it was set. */
  sent: number;
  close(): void;
}

/** Starts the index on a free port. */
export async function startPackageIndex(): Promise<PackageIndex> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://localhost').pathname);
    const [, project] = /^\/simple\/([^/]+)\/$/.exec(path) ?? [];
    if (project !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(renderProject(project, readdirSync(index.folder)));
    } else send(index, response, join(index.folder, fileOf(path))).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const index: PackageIndex = { url, folder: '', rate: Infinity, sent: 0, close: () => server.close() };
  return index;
}

/** Returns a page of the simple API (PEP 503). */
function renderProject(project: string, files: readonly string[]): string {
  const normalized = (file: string) => (/^(.+?)-[0-9]/.exec(file)?.[1] ?? '').toLowerCase().replaceAll(/[-_.]+/g, '-');
  return files
    .filter((file) => normalized(file) === project)
    .map((file) => `<a href="/files/${file}">${file}</a><br>\n`)
    .join('');
}

/** Returns the file of a path: `/@babel/core/-/core-7.27.4.tgz` is `babel-core-7.27.4.tgz`. */
function fileOf(path: string): string {
  const [, scope, packed] = /^\/(?:@([^/]+)\/)?[^/]+\/-\/([^/]+)$/.exec(path) ?? [];
  if (packed !== undefined) return scope === undefined ? packed : `${scope}-${packed}`;
  return /^\/files\/([^/]+)$/.exec(path)?.[1] ?? 'none';
}

/** When the next piece may be sent, by performance.now. */
let lineIsFree = 0;

async function send(index: PackageIndex, response: ServerResponse, file: string): Promise<void> {
  const content = readFileSync(file);
  response.writeHead(200, { 'content-length': content.length });
  const size = 65_536;
  for (let at = 0; at < content.length; at += size) {
    const piece = content.subarray(at, at + size);
    lineIsFree = Math.max(lineIsFree, performance.now()) + (piece.length / index.rate) * 1_000;
    const wait = lineIsFree - performance.now();
    // A timer is at least a millisecond late.
    if (wait > 2) await delay(wait);
    index.sent += piece.length;
    // Also called if the client is gone.
    await new Promise((written) => response.write(piece, written));
  }
  response.end();
}
