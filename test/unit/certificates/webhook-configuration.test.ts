import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBundlePatch, decodeWebhookConfiguration } from '../../../src/certificates/webhook-configuration.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const configurationOf = (...clientConfigs: readonly unknown[]) => ({
  metadata: { resourceVersion: '7' },
  webhooks: clientConfigs.map((clientConfig) => ({ name: 'a', clientConfig })),
});

describe('decodeWebhookConfiguration, names', () => {
  const service = { name: 'webhook', namespace: 'ci', port: 443 };
  const ofService = ['webhook.ci.svc', 'webhook.ci.svc.cluster.local'];
  const rows: readonly [name: string, clientConfigs: readonly unknown[], names: readonly string[]][] = [
    ['a service', [{ service }], ofService],
    ['a service twice', [{ service }, { service }], ofService],
    ['a url', [{ url: 'https://Hooks.example.com:8443/mutate' }], ['hooks.example.com']],
    ['a url with an address', [{ url: 'https://192.0.2.7/mutate' }], ['192.0.2.7']],
    ['a url with an IPv6 address', [{ url: 'https://[FD00:0:0::12]:8443/mutate' }], ['fd00::12']],
    ['both', [{ service }, { url: 'https://a.example.com' }], [...ofService, 'a.example.com']],
    ['a url that is none', [{ url: 'nonsense' }], []],
    ['half a service', [{ service: { name: 'webhook' } }], []],
    ['nothing', [undefined, {}], []],
  ];
  for (const [name, clientConfigs, names] of rows) {
    it(`are those of ${name}`, () => {
      assert.deepEqual(decodeWebhookConfiguration(configurationOf(...clientConfigs)).names, names);
    });
  }

  it('are empty without webhooks', () => {
    assert.deepEqual(decodeWebhookConfiguration({ metadata: { resourceVersion: '7' } }), {
      resourceVersion: '7',
      names: [],
      caBundles: [],
    });
  });
});

describe('createBundlePatch', () => {
  const configuration = decodeWebhookConfiguration(
    configurationOf({ url: 'https://a' }, { caBundle: base64('old') }, { caBundle: base64('new') }),
  );

  it('tests the version and writes different bundles', () => {
    assert.deepEqual(configuration.caBundles, ['', 'old', 'new']);
    assert.deepEqual(createBundlePatch(configuration, 'new'), [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: base64('new') },
      { op: 'add', path: '/webhooks/1/clientConfig/caBundle', value: base64('new') },
    ]);
  });
});
