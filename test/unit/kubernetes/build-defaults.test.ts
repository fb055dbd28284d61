import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBuildDefaultsSource } from '../../../src/admission/build-defaults-source.ts';
import { watchBuildDefaults } from '../../../src/kubernetes/build-defaults.ts';
import { ClusterError } from '../../../src/kubernetes/cluster-error.ts';
import type { Kubernetes, KubernetesRequest } from '../../../src/kubernetes/connection.ts';
import type { Facts } from '../../../src/policy/facts.ts';

/** Reads once from an API server with this answer. */
async function readOnce(answer: () => unknown) {
  const [requests, failures]: [KubernetesRequest[], unknown[]] = [[], []];
  const kubernetes = {
    request: (request: KubernetesRequest) => {
      requests.push(request);
      return Promise.resolve().then(answer);
    },
  } as unknown as Kubernetes;
  const defaults = watchBuildDefaults(kubernetes, (error) => failures.push(error));
  await new Promise((resolve) => setImmediate(resolve));
  await defaults.close();
  return { env: defaults.env, requests, failures };
}

const proxied = [{ name: 'HTTP_PROXY', value: 'http://proxy.example.com:3128' }];

describe('watchBuildDefaults', () => {
  it('reads builds.config.openshift.io/cluster', async () => {
    const { env, requests, failures } = await readOnce(() => ({ spec: { buildDefaults: { env: proxied } } }));
    assert.deepEqual(env, proxied);
    assert.deepEqual(requests, [{ method: 'GET', path: '/apis/config.openshift.io/v1/builds/cluster' }]);
    assert.deepEqual(failures, []);
  });

  const without: readonly [title: string, answer: () => unknown][] = [
    ['it says nothing', () => ({ spec: {} })],
    ['its env is no list', () => ({ spec: { buildDefaults: { env: 'x' } } })],
    [
      'it may not be read',
      () => {
        throw new ClusterError(403, '{}');
      },
    ],
    [
      'it does not exist',
      () => {
        throw new ClusterError(404, '{}');
      },
    ],
  ];
  for (const [title, answer] of without) {
    it(`has no env if ${title}, and reports no failure`, async () => {
      const { env, failures } = await readOnce(answer);
      assert.deepEqual([env, failures], [[], []]);
    });
  }

  it('has no env while the API server fails, and reports the failure', async () => {
    const error = new ClusterError(500, '{}');
    const { env, failures } = await readOnce(() => {
      throw error;
    });
    assert.deepEqual([env, failures], [[], [error]]);
  });
});

describe('createBuildDefaultsSource', () => {
  const facts = { isProxied: false } as Facts;
  const rows: readonly [address: string, env: readonly unknown[], isProxied: boolean][] = [
    ['http://webhook.example.com/s2i', proxied, true],
    ['http://webhook.example.com/s2i', [], false],
    ['http://webhook.example.com/s2i', [{ name: 'HTTPS_PROXY', value: 'p' }], false],
    ['https://webhook.example.com/s2i', [{ name: 'HTTPS_PROXY', value: 'p' }], true],
  ];
  for (const [address, env, isProxied] of rows) {
    it(`says ${String(isProxied)} for ${address} and ${JSON.stringify(env)}`, async () => {
      const source = createBuildDefaultsSource({ env }, address);
      assert.deepEqual(await source.gather({} as never, facts, AbortSignal.timeout(1_000)), { isProxied });
    });
  }
});
