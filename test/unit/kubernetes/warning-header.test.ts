import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeWarnings } from '../../../src/kubernetes/warning-header.ts';
import { connectTo } from '../../helpers/connect-to.ts';

it('decodeWarnings reads escaped quotes and several warnings, and ignores invalid ones', () => {
  assert.deepEqual(decodeWarnings('299 - "a, \\"b\\" \\\\", 299 kube "c"'), ['a, "b" \\', 'c']);
  assert.deepEqual(['', 'nothing', '299 - "open'].map(decodeWarnings), [[], [], []]);
});

it('Kubernetes.request reports each warning of a successful answer', async (t) => {
  const kubernetes = await connectTo(t, (request, response) => {
    response.writeHead(request.method === 'GET' ? 200 : 403, [
      ['Warning', '299 - "one"'],
      ['Warning', '299 - "two"'],
    ]);
    response.end('{}');
  });
  const told: string[] = [];
  const send = (method: 'GET' | 'PATCH') =>
    kubernetes.request({ method, path: '/', onWarning: (text) => told.push(text) }, new AbortController().signal);
  await send('GET');
  await assert.rejects(send('PATCH'), { code: 403 });
  assert.deepEqual(told, ['one', 'two']);
});
