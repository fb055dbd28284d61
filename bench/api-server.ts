/** An API server with the stored objects of `example-history`: it lists them in pages and keeps watches open. */
import { readFileSync } from 'node:fs';
import { type ServerOptions, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { historySize, storedBuildConfigText, storedBuildText } from './example-history.ts';

const { buildConfigs, buildsEach } = historySize;
const metadata = { resourceVersion: '9000000' };
const apiVersion = 'build.openshift.io/v1';

const resources: Readonly<Record<string, { kind: string; count: number; textOf: (at: number) => string }>> = {
  builds: {
    kind: 'Build',
    count: buildConfigs * buildsEach,
    textOf: (at) => storedBuildText(Math.floor(at / buildsEach), (at % buildsEach) + 1),
  },
  buildconfigs: { kind: 'BuildConfig', count: buildConfigs, textOf: storedBuildConfigText },
};

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const server = createServer({ cert, key } as ServerOptions, (request, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  const resource = resources[url.pathname.split('/').at(-1) ?? ''];
  request.resume();
  if (resource === undefined) {
    // Events are accepted; nothing else exists.
    response.writeHead(request.method === 'POST' ? 201 : 404).end('{}');
  } else if (url.searchParams.get('watch') === 'true') {
    // A watch that is silent for 30 s counts as dead.
    const bookmark = { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion, metadata } };
    const tell = () => response.write(`${JSON.stringify(bookmark)}\n`);
    tell();
    const timer = setInterval(tell, 5_000);
    response.on('close', () => clearInterval(timer));
  } else {
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(resource.count, from + Number(url.searchParams.get('limit') ?? 500));
    const items = Array.from({ length: to - from }, (_, at) => resource.textOf(from + at)).join(',');
    const page = JSON.stringify({ ...metadata, ...(to < resource.count && { continue: String(to) }) });
    response.end(`{"kind":"${resource.kind}List","apiVersion":"${apiVersion}","metadata":${page},"items":[${items}]}`);
  }
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
