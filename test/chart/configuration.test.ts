/** The results of values: the configuration file, the pods, and rejections. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';
import { type JsonObject, at, objectAt, stringAt } from '../../src/openshift/json.ts';
import { type InstallMode, installMode, installModes as modes, renderedObjects, template, theOnly } from './helm.ts';

const defaults = installMode('self-signed');

/** Returns the configuration file in the chart's ConfigMap. */
async function configOf(mode: InstallMode, ...more: readonly string[]): Promise<string> {
  const objects = await renderedObjects(mode, ...more);
  const text = objects.map((object) => stringAt(object, 'data', 'config.yaml')).find((found) => found !== undefined);
  assert.ok(text !== undefined, 'no ConfigMap has a config.yaml');
  return text;
}

async function podTemplateOf(...more: readonly string[]): Promise<JsonObject> {
  return objectAt(theOnly('Deployment', await renderedObjects(defaults, ...more)), 'spec', 'template') ?? {};
}

describe('chart, configuration file', () => {
  it('has the defaults of the program, and the address of the scripts', async () => {
    const text = await configOf(installMode('openshift'));
    const expected = parseConfig(
      'assemble: {baseUrl: http://s2i-incremental-webhook-scripts.s2i-incremental.svc:8081/s2i}',
      {},
    );
    assert.deepEqual(parseConfig(text, {}), expected);
  });

  it('names the certificate Secret only in mode self-signed', async () => {
    const sections = modes.map(async (mode) => [mode.name, at(parse(await configOf(mode)), 'certificate')] as const);
    const kept = {
      secret: 's2i-incremental/s2i-incremental-webhook-self-signed-cert',
      webhookConfiguration: 's2i-incremental-webhook',
      life: '2160h',
      authorityLife: '17520h',
    };
    assert.deepEqual(Object.fromEntries(await Promise.all(sections)), {
      'cert-manager': undefined,
      'cert-manager-issuer': undefined,
      everything: kept,
      existing: undefined,
      monitoring: undefined,
      openshift: undefined,
      openshift3: undefined,
      'self-signed': kept,
      standalone: undefined,
    });
    parseConfig(await configOf(defaults), {});
  });

  it('distinguishes an unset address from an empty one', async () => {
    const baseUrlWith = async (...more: readonly string[]) =>
      at(parse(await configOf(defaults, ...more)), 'assemble', 'baseUrl');
    assert.deepEqual(
      [
        await baseUrlWith(),
        await baseUrlWith('--set', 'config.assemble.baseUrl=null'),
        await baseUrlWith('--set', 'config.assemble.baseUrl='),
        await baseUrlWith('--set', 'config.assemble.baseUrl=http://x.example.com/s2i'),
      ],
      [
        'http://s2i-incremental-webhook-scripts.s2i-incremental.svc:8081/s2i',
        'http://s2i-incremental-webhook-scripts.s2i-incremental.svc:8081/s2i',
        '',
        'http://x.example.com/s2i',
      ],
    );
  });

  it('has the profiles in the order of profileOrder', async () => {
    const orderWith = async (order: string) => {
      const sets = ['config.assemble.profiles={"zeta":{},"alpha":{},"beta":{}}', `profileOrder=${order}`];
      const config = parseConfig(await configOf(defaults, ...sets.flatMap((set) => ['--set-json', set])), {});
      // The built-in profiles follow the named ones.
      return config.assemble.profiles.map(({ name }) => name).slice(0, 3);
    };
    assert.deepEqual(await orderWith('[]'), ['alpha', 'beta', 'zeta']);
    assert.deepEqual(await orderWith('["zeta","alpha"]'), ['zeta', 'alpha', 'beta']);
  });

  it('restarts the pods only when it changes', async () => {
    const checksumWith = async (...more: readonly string[]) =>
      at(await podTemplateOf(...more), 'metadata', 'annotations', 'checksum/config');
    const before = await checksumWith();
    assert.match(String(before), /^[0-9a-f]{64}$/);
    assert.notEqual(await checksumWith('--set', 'config.incremental.maxDepth=21'), before);
    assert.equal(await checksumWith('--set', 'replicas=3,service.annotations.a=b'), before);
  });
});

describe('chart, pods', () => {
  it('get enough time to shut down', async () => {
    const periodWith = async (delay: string) =>
      at(await podTemplateOf('--set', `config.server.shutdownDelay=${delay}`), 'spec', 'terminationGracePeriodSeconds');
    assert.deepEqual(
      await Promise.all(['0s', '5s', '500ms', '1m30s', '1h'].map((delay) => periodWith(delay))),
      [10, 15, 11, 100, 3610],
    );
  });

  it('have a token only if they need one', async () => {
    const tokens = modes.map(async (mode) => {
      const spec = objectAt(theOnly('Deployment', await renderedObjects(mode)), 'spec', 'template', 'spec');
      const volumes = (at(spec, 'volumes') as readonly JsonObject[]).map(({ name }) => name);
      return [mode.name, { mounted: volumes.includes('token'), automatic: at(spec, 'automountServiceAccountToken') }];
    });
    const own = { mounted: true, automatic: false };
    assert.deepEqual(Object.fromEntries(await Promise.all(tokens)), {
      'cert-manager': own,
      'cert-manager-issuer': own,
      everything: own,
      existing: own,
      monitoring: own,
      openshift: own,
      openshift3: { mounted: false, automatic: true },
      'self-signed': own,
      standalone: { mounted: false, automatic: false },
    });
  });
});

describe('chart, values that do not fit each other or the cluster', () => {
  const refused = async (kubeVersion: string, ...sets: readonly string[]) => {
    const more = sets.flatMap((set) => ['--set-json', set]);
    const { status, stderr } = await template({ ...defaults, kubeVersion }, ...more);
    assert.equal(status, 1);
    return /configmap\.yaml:\d+:\d+\): (.*)/.exec(stderr)?.[1];
  };

  it('are rejected with a remedy', async () => {
    assert.deepEqual(
      [
        await refused('v1.34.4', 'image.repository=""'),
        await refused('v1.34.4', 'openshift3=true'),
        await refused('v1.11.0'),
        await refused('v1.20.0'),
        await refused('v1.11.0', 'openshift3=true'),
        await refused('v1.34.4', 'standalone=true'),
        await refused('v1.34.4', 'registration.instantiate=true', 'standalone=true', 'certificate.mode="openshift"'),
        await refused('v1.34.4', 'certificate.selfSigned.life="10000h"'),
        await refused('v1.34.4', 'profileOrder=["python"]'),
        await refused('v1.34.4', 'clientCertificates.names=["api"]'),
        await refused('v1.34.4', 'autoscaling.minReplicas=6'),
      ],
      [
        'image.repository is empty: build the image, push it and say where, as in --set image.repository=registry.example.com/platform/s2i-incremental-webhook (docs/install.md has the commands, also for a build in the cluster itself)',
        'openshift3 is set, but this is Kubernetes v1.34.4 and not OpenShift 3.11: unset it (with helm template, say --kube-version 1.11.0)',
        'this is Kubernetes v1.11.0: the chart needs 1.21 (OpenShift 4.8) or later, or OpenShift 3.11 with openshift3=true',
        'this is Kubernetes v1.20.0: the chart needs 1.21 (OpenShift 4.8) or later, or OpenShift 3.11 with openshift3=true',
        'certificate.mode self-signed does not work on OpenShift 3.11: use existing (docs/install.md)',
        'standalone leaves the pods without a token, which certificate.mode self-signed needs: choose another mode',
        'registration.instantiate works neither with standalone nor with openshift3: unset it, or those',
        'certificate.selfSigned.authorityLife must be at least twice certificate.selfSigned.life',
        'profileOrder names python, which config.assemble.profiles does not have',
        'clientCertificates.names needs clientCertificates.configMap, or everybody may call',
        'autoscaling.maxReplicas must be at least autoscaling.minReplicas',
      ],
    );
  });
});
