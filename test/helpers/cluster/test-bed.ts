import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../../src/openshift/json.ts';
import { buildConfigOf } from './builds.ts';
import type { Client } from './client.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { developerRights, webhookConfiguration, webhookRole, webhookRoleBinding } from './manifests.ts';
import { Kubectl } from './kubectl.ts';
import { OpenShift } from './openshift.ts';
import { waitFor } from './wait-for.ts';
import { WebhookProcess } from './webhook-process.ts';

/** A cluster with the webhook, and a developer. */
export interface TestBed {
  readonly cluster: Cluster;
  readonly webhook: WebhookProcess;
  /** The webhook's configuration. */
  readonly configFile: string;
  /** The webhook's user. */
  readonly webhookUser: { readonly name: string; readonly client: Client };
  /** A developer with rights on builds only in the namespace `web`. */
  readonly alice: Client;
  readonly aliceKubeconfig: string;
  /** Her `kubectl`. */
  readonly kubectl: Kubectl;
  /** Her `oc`. */
  readonly web: OpenShift;
  stop(): Promise<void>;
}

/** The webhook's configuration in most tests. */
export const testBedConfig = `
assemble:
  wrapper: false
  profiles:
    python:
      match: python
      env: {PIP_INDEX_URL: "https://pypi.example.com/simple", PIP_TRUSTED_HOST: pypi.example.com}
startBuild: {warn: true}
server: {shutdownDelay: 0s}
log: {level: debug}
`;

export async function createTestBed(): Promise<TestBed> {
  const cluster = await startCluster();
  try {
    const { admin, directory, guard } = cluster;
    for (const namespace of ['web', 'other']) await admin.createNamespace(namespace);
    const alice = await cluster.createUser('alice');
    for (const object of developerRights('alice', 'web')) await admin.create(object);

    const user = 'webhook';
    const { client, kubeconfig } = await cluster.createUser(user);
    await admin.create(webhookRole);
    await admin.create(webhookRoleBinding(user));
    const folder = join(directory, 'webhook');
    mkdirSync(folder);
    const webhook = await WebhookProcess.start({ directory: folder, guard, kubeconfig, config: testBedConfig });
    await admin.create(webhookConfiguration(webhook.url, webhook.ca));
    await waitFor('the API server to call the webhook', () => isCalled(admin));
    await waitFor("alice's rights to take effect", async () => Array.isArray(await alice.client.list('Build', 'web')));

    return {
      cluster,
      webhook,
      configFile: join(folder, 'config.yaml'),
      webhookUser: { name: user, client },
      alice: alice.client,
      aliceKubeconfig: alice.kubeconfig,
      kubectl: new Kubectl(alice.kubeconfig, 'web'),
      web: new OpenShift(alice.client, 'web'),
      stop: () => cluster.stop(),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Returns whether a BuildConfig is patched; it is not stored. */
async function isCalled(admin: Client): Promise<boolean> {
  const probe = buildConfigOf('probe', 'default', { labels: { 's2i-incremental.io/enabled': 'true' } });
  const { object } = await admin.create(probe, { dryRun: 'All' });
  return at(object, 'metadata', 'annotations', 's2i-incremental.io/origin') !== undefined;
}
