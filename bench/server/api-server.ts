/** An API server with the stored objects of `example-history`: lists them page by page and keeps watches open. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { historySize, storedBuildConfigText, storedBuildText } from '../example-history.ts';
import { answerParent } from '../load/channel.ts';

/** What was asked of it, apart from lists and watches of everything. */
export interface ApiServerCounts {
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  /** Questions about one BuildConfig, which a webhook in step with its watches does not ask. */
  readonly live: number;
}

const started = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`;
const version = '9000000';

const resources: Readonly<Record<string, { kind: string; count: number; textOf: (at: number) => string }>> = {
  builds: {
    kind: 'Build',
    count: historySize.buildConfigs * historySize.buildsEach,
    textOf: (at) =>
      storedBuildText(Math.floor(at / historySize.buildsEach), (at % historySize.buildsEach) + 1, started),
  },
  buildconfigs: { kind: 'BuildConfig', count: historySize.buildConfigs, textOf: storedBuildConfigText },
};

const counts = { lists: 0, watches: 0, events: 0, live: 0 };
const prefix = '/apis/build.openshift.io/v1/';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));

const server = createServer({ cert, key }, (request, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  const name = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : '';
  const resource = resources[name];
  if (request.method === 'POST') {
    counts.events += 1;
    echo(request, response);
  } else if (resource === undefined) {
    counts.live += 1;
    send(response, 404, '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}');
  } else if (url.searchParams.get('watch') === 'true') {
    counts.watches += 1;
    watch(response, resource.kind);
  } else {
    counts.lists += 1;
    const limit = Number(url.searchParams.get('limit') ?? 500);
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(resource.count, from + limit);
    const items = Array.from({ length: to - from }, (_, at) => resource.textOf(from + at));
    const metadata = JSON.stringify({ resourceVersion: version, ...(to < resource.count && { continue: String(to) }) });
    send(
      response,
      200,
      `{"kind":"${resource.kind}List","apiVersion":"build.openshift.io/v1","metadata":${metadata},"items":[${items.join(',')}]}`,
    );
  }
});

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => send(response, 201, Buffer.concat(chunks).toString()));
}

/** A bookmark every few seconds: a watch in which nothing happens for 30 s is taken for dead. */
function watch(response: ServerResponse, kind: string): void {
  const bookmark = `${JSON.stringify({
    type: 'BOOKMARK',
    object: { kind, apiVersion: 'build.openshift.io/v1', metadata: { resourceVersion: version } },
  })}\n`;
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write(bookmark);
  const timer = setInterval(() => response.write(bookmark), 5_000);
  response.on('close', () => clearInterval(timer));
}

const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});
answerParent({ port: () => listening, counts: () => counts });
