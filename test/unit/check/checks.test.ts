import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runChecks } from '../../../src/check/checks.ts';
import type { Finding } from '../../../src/check/finding.ts';
import type { CheckFacts } from '../../../src/check/facts.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const day = 86_400_000;
const forbidden = { kind: 'unknown', why: 'you may not do that' } as const;
const absent = { kind: 'absent' } as const;
const configurationWith = (...names: readonly string[]) => ({
  kind: 'found' as const,
  value: { metadata: { name: 'webhook' }, webhooks: names.map((name) => ({ name })) },
});
const settings = {
  wrapper: true,
  baseUrl: 'http://scripts.example.com/s2i',
  image: '',
  imagePullSecret: '',
  registries: [],
};
const pod = { name: 'a', isReady: true, image: 'webhook:1' };
const shop = {
  name: 'shop',
  optedIn: true,
  secrets: [
    { what: 'push secret harbor', image: 'harbor.example.com/web/shop:1', covers: { kind: 'found', value: true } },
  ],
  previous: { build: 'shop-2', createdAt: now - day },
  next: 'the next Build is incremental: it continues from shop-2',
  isCertain: true,
} as const;

/** Facts without any problem. */
const whole: CheckFacts = {
  namespace: 'web',
  now,
  isInCluster: true,
  apiGroup: { kind: 'found', value: true },
  webhookConfiguration: configurationWith('mutate.s2i-incremental.io', 'namespace.s2i-incremental.io'),
  certificate: { kind: 'found', value: { problem: undefined, notAfter: now + 60 * day } },
  dryRun: { kind: 'found', value: { metadata: { annotations: { 's2i-incremental.io/origin': '{}' } } } },
  pods: { kind: 'found', value: [pod, { ...pod, name: 'b' }] },
  settings: { kind: 'found', value: settings },
  scripts: { kind: 'answered', status: 200 },
  imageSecret: undefined,
  defaultEnv: { kind: 'found', value: [] },
  registries: [{ host: 'harbor.example.com', result: { kind: 'answered', status: 401 } }],
  buildConfig: { kind: 'found', value: shop },
};

function linesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, text, remedy }) => `[${level}] ${text}${remedy === null ? '' : ` -> ${remedy}`}`);
}

const inOrder = linesOf(runChecks(whole));

describe('runChecks', () => {
  it('has a line for each check if everything works', () => {
    assert.deepEqual(inOrder, [
      '[ok] the API server serves builds and buildconfigs of build.openshift.io',
      '[ok] MutatingWebhookConfiguration webhook has its entries: mutate.s2i-incremental.io, namespace.s2i-incremental.io',
      '[ok] the caBundle verifies the certificate, which expires in 60 days',
      '[ok] the webhook acts on a BuildConfig with the label (dry run)',
      '[ok] 2 of 2 pods are ready, with the image webhook:1',
      '[ok] the assemble wrapper is served at http://scripts.example.com/s2i',
      '[ok] BuildDefaults give build pods no proxy for the address of the wrapper',
      '[ok] harbor.example.com answers',
      '[ok] buildconfig/shop has opted in',
      '[ok] push secret harbor has a login for harbor.example.com/web/shop:1',
      '[ok] the previous image is that of build/shop-2, 1d00h old',
      '[ok] the next Build is incremental: it continues from shop-2',
    ]);
  });

  const bySecret = { ...settings, image: 'harbor.example.com/s2i/scripts:1', imagePullSecret: 'pull' };
  const rows: readonly [changes: Partial<CheckFacts>, ...lines: readonly string[]][] = [
    [{ apiGroup: absent }, '[x] the API server serves no build.openshift.io'],
    [{ apiGroup: forbidden }, '[x] the API server cannot be asked: you may not do that'],
    [
      { webhookConfiguration: forbidden },
      '[!] the MutatingWebhookConfiguration could not be checked: you may not do that',
    ],
    [{ webhookConfiguration: absent }, '[x] no MutatingWebhookConfiguration has the entry mutate.s2i-incremental.io'],
    [
      { webhookConfiguration: configurationWith('mutate.s2i-incremental.io') },
      '[!] MutatingWebhookConfiguration webhook has no entry for namespaces',
    ],
    [{ certificate: absent }, '[x] the MutatingWebhookConfiguration has no caBundle'],
    [
      { certificate: { kind: 'found', value: { problem: 'SELF_SIGNED', notAfter: now + 60 * day } } },
      '[x] the caBundle does not verify the certificate that is served: SELF_SIGNED',
    ],
    [
      { certificate: { kind: 'found', value: { problem: undefined, notAfter: now + 14.5 * day } } },
      '[!] the caBundle verifies the certificate, which expires in 14 days',
    ],
    [
      { dryRun: { kind: 'found', value: { metadata: {} } } },
      '[x] the webhook does not act on a BuildConfig with the label in namespace web (dry run)',
    ],
    [{ dryRun: absent }, '[x] there is no namespace web'],
    [{ pods: absent }, '[x] the webhook has no pods'],
    [{ pods: { kind: 'found', value: [{ ...pod, isReady: false }] } }, '[x] no pod of the webhook is ready: a'],
    [
      { pods: { kind: 'found', value: [pod, { ...pod, name: 'b', isReady: false }] } },
      '[!] 1 of 2 pods are ready, not b',
    ],
    [
      { pods: { kind: 'found', value: [pod, { ...pod, image: 'webhook:2' }] } },
      '[!] pods run different images: webhook:1, webhook:2',
    ],
    [
      { scripts: { kind: 'failed', why: 'connect ECONNREFUSED' } },
      '[x] the assemble wrapper cannot be fetched at http://scripts.example.com/s2i: connect ECONNREFUSED',
    ],
    [
      { scripts: { kind: 'answered', status: 404 }, isInCluster: false },
      '[!] the assemble wrapper cannot be fetched at http://scripts.example.com/s2i: status 404',
    ],
    [
      { settings: { kind: 'found', value: bySecret }, imageSecret: { kind: 'found', value: false } },
      '[x] the wrapper comes from the image harbor.example.com/s2i/scripts:1: Secret pull of assemble.imagePullSecret has no login for harbor.example.com/s2i/scripts:1',
    ],
    [
      { settings: { kind: 'found', value: bySecret }, imageSecret: absent },
      '[x] the wrapper comes from the image harbor.example.com/s2i/scripts:1: Secret pull of assemble.imagePullSecret does not exist in namespace web',
    ],
    [
      { settings: { kind: 'found', value: { ...settings, baseUrl: '' } } },
      '[!] no assemble wrapper can be delivered, so Builds that want it are full',
    ],
    [
      { defaultEnv: { kind: 'found', value: [{ name: 'HTTP_PROXY', value: 'http://proxy' }] } },
      '[x] BuildDefaults give build pods a proxy, through which they cannot fetch the wrapper: every Build is full',
    ],
    [
      { registries: [{ host: 'harbor.example.com', result: { kind: 'failed', why: 'no such host' } }] },
      '[x] harbor.example.com does not answer as a registry: no such host',
    ],
    [{ buildConfig: { kind: 'found', value: { ...shop, optedIn: false } } }, '[!] buildconfig/shop has not opted in'],
    [
      { buildConfig: { kind: 'found', value: { ...shop, isCertain: false } } },
      '[!] the next Build is incremental: it continues from shop-2, if the webhook has its default configuration and delivers the wrapper',
    ],
    [
      { buildConfig: { kind: 'found', value: { ...shop, previous: undefined } } },
      '[ok] there is no Build to continue from yet',
    ],
  ];
  for (const [changes, ...lines] of rows) {
    it(`says ${lines.join(', ')}, and what to do`, () => {
      const changed = runChecks({ ...whole, ...changes }).filter(
        (_, index, all) => !inOrder.includes(linesOf(all)[index] ?? ''),
      );
      assert.deepEqual(
        changed.map(({ level, text }) => `[${level}] ${text}`),
        lines,
      );
      assert.ok(
        changed.every(({ level, remedy }) => (level === 'ok') === (remedy === null)),
        'what is not ok has a remedy',
      );
    });
  }

  it('reports a missing BuildConfig, and skips checks that were not requested', () => {
    assert.deepEqual(linesOf(runChecks({ ...whole, buildConfig: absent })).slice(8), [
      '[x] there is no such BuildConfig in namespace web -> oc get bc -n web lists them',
    ]);
    assert.deepEqual(linesOf(runChecks({ ...whole, buildConfig: undefined })), inOrder.slice(0, 8));
  });
});
