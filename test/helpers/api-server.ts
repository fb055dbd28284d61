import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/openshift/json.ts';
import { labelOf, nameOf, namespaceOf } from '../../src/openshift/metadata.ts';

/** Answers a patch with the stored object and the warnings of admission. */
export type AnswerPatch = (
  stored: JsonObject,
  patch: JsonObject,
) => { readonly object: JsonObject; readonly warnings?: readonly string[] };

interface Cleanup {
  after(run: () => unknown): void;
}

/**
 * An API server for Builds, BuildConfigs and namespaces, over plain HTTP, without admission and pages; its kubeconfig
 * names the namespace `test`.
 */
export async function startApiServer(
  t: Cleanup,
  objects: readonly JsonObject[],
  answerPatch: AnswerPatch = (stored) => ({ object: stored }),
) {
  const server = createServer((request, response) => {
    void answer(request).then(({ status = 200, body, warnings = [] }) => {
      const headers = warnings.map((text) => `299 - ${JSON.stringify(text)}`);
      response.writeHead(status, {
        'Content-Type': 'application/json',
        ...(headers.length > 0 && { Warning: headers }),
      });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await once(server, 'listening');

  async function answer(
    request: IncomingMessage,
  ): Promise<{ status?: number; body: unknown; warnings?: readonly string[] }> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/apis/build.openshift.io/v1') return { body: { kind: 'APIResourceList', resources: [] } };
    const [, namespace, resource = '', name] =
      /^\/api(?:s\/build\.openshift\.io)?\/v1(?:\/namespaces\/([^/]+))?\/(builds|buildconfigs|namespaces)(?:\/([^/]+))?$/.exec(
        pathname,
      ) ?? [];
    const kind = { builds: 'Build', buildconfigs: 'BuildConfig', namespaces: 'Namespace' }[resource];
    if (kind === undefined) return { status: 404, body: { kind: 'Status', code: 404, reason: 'NotFound' } };
    const found = objects.filter(
      (object) =>
        object['kind'] === kind &&
        (namespace === undefined || namespaceOf(object) === namespace) &&
        (name !== undefined || isSelected(object, searchParams.get('labelSelector') ?? '')),
    );
    if (name === undefined) return { body: { kind: `${kind}List`, metadata: { resourceVersion: '1' }, items: found } };
    const stored = found.find((object) => nameOf(object) === decodeURIComponent(name));
    if (stored === undefined)
      return { status: 404, body: { kind: 'Status', code: 404, reason: 'NotFound', details: { name } } };
    if (request.method !== 'PATCH') return { body: stored };
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { object, warnings = [] } = answerPatch(stored, JSON.parse(text) as JsonObject);
    return { body: object, warnings };
  }

  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-api-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  const { port } = server.address() as { port: number };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'a', user: { token: 'secret' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'test' } }],
      'current-context': 'a',
    }),
  );
  return { kubeconfig };
}

/** Understands the terms `key=value` and `!key`. */
function isSelected(object: JsonObject, selector: string): boolean {
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [key = '', value] = term.split('=');
      return key.startsWith('!') ? labelOf(object, key.slice(1)) === undefined : labelOf(object, key) === value;
    });
}
