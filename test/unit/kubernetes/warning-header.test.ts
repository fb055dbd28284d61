import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { connect } from '../../../src/kubernetes/connection.ts';
import { decodeWarnings } from '../../../src/kubernetes/warning-header.ts';

it('warnings are read with their escaped quotes, several of one header, and none of nonsense', () => {
  assert.deepEqual(decodeWarnings('299 - "a, \\"b\\" \\\\", 299 kube "c"'), ['a, "b" \\', 'c']);
  assert.deepEqual(['', 'nothing', '299 - "open'].map(decodeWarnings), [[], [], []]);
});

it('each warning of an answer is told, none of a refusal', async (t) => {
  const server = createServer((request, response) => {
    response.writeHead(request.method === 'GET' ? 200 : 403, [
      ['Warning', '299 - "one"'],
      ['Warning', '299 - "two"'],
    ]);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const kubeConfig = new KubeConfig();
  const cluster = { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'test' });
  const kubernetes = connect(kubeConfig);
  const told: string[] = [];
  const send = (method: 'GET' | 'PATCH') =>
    kubernetes.request({ method, path: '/', onWarning: (text) => told.push(text) }, new AbortController().signal);
  await send('GET');
  await assert.rejects(send('PATCH'), { code: 403 });
  assert.deepEqual(told, ['one', 'two']);
});
