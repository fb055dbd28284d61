import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { arrayAt, at, stringAt } from '../../../src/openshift/json.ts';
import { buildConfigOf } from './builds.ts';
import type { Client } from './client.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { certificateRights, serviceWebhookConfiguration, webhookRole, webhookRoleBinding } from './manifests.ts';
import type { Pod } from './pod.ts';
import { PodSet, podAddress } from './pod-set.ts';
import { waitFor } from './wait-for.ts';

export const secret = { namespace: 's2i-incremental', name: 'certificates' } as const;
export const configuration = 's2i-incremental-webhook';
const service = 'webhook';
const secretsPath = `/api/v1/namespaces/${secret.namespace}/secrets`;
const configurationPath = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${configuration}`;

export interface BedLives {
  readonly life: string;
  readonly authorityLife: string;
}

/** The result of a series of admissions. */
export interface AdmissionCount {
  readonly count: number;
  /** Those answered without a patch. */
  readonly unpatched: number;
  /** Failed calls, each with the last mark before it. */
  readonly failures: readonly { readonly mark: string; readonly error: string }[];
}

/**
 * A cluster that calls a webhook through its Service, an empty Secret like the chart's, and a user with the rights of a
 * replica. It starts without pods and webhook configuration.
 */
export class CertificateBed {
  readonly cluster: Cluster;
  readonly pods: PodSet;
  /** The user of the pods. */
  readonly user: { readonly client: Client };

  private constructor(cluster: Cluster, pods: PodSet, user: { readonly client: Client }) {
    this.cluster = cluster;
    this.pods = pods;
    this.user = user;
  }

  static async start({ life, authorityLife }: BedLives): Promise<CertificateBed> {
    const cluster = await startCluster();
    try {
      const { admin } = cluster;
      await admin.createNamespace(secret.namespace);
      const user = await cluster.createUser('webhook');
      for (const object of [webhookRole, webhookRoleBinding('webhook'), ...certificateRights('webhook', secret)]) {
        await admin.create(object);
      }
      const config = join(cluster.directory, 'config.yaml');
      writeFileSync(
        config,
        `certificate: {secret: ${secret.namespace}/${secret.name}, webhookConfiguration: ${configuration}, life: ${life}, authorityLife: ${authorityLife}}\n` +
          'server: {shutdownDelay: 2s}\nassemble: {wrapper: false}\n',
      );
      const pods = await PodSet.create({
        cluster,
        namespace: secret.namespace,
        service,
        createSpec: ({ https, ops, scripts }) => ({
          args: [
            'serve',
            `--config=${config}`,
            `--kubeconfig=${user.kubeconfig}`,
            `--port=${https}`,
            `--ops-port=${ops}`,
            `--scripts-port=${scripts}`,
          ],
          env: {},
        }),
      });
      const bed = new CertificateBed(cluster, pods, user);
      await bed.createSecret();
      return bed;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.pods.stop();
    await this.cluster.stop();
  }

  /** Creates the webhook configuration with the Service and failurePolicy Fail. */
  async createConfiguration(): Promise<void> {
    await this.cluster.admin.create(
      serviceWebhookConfiguration({ namespace: secret.namespace, name: service }, 'Fail'),
    );
  }

  readConfiguration(): Promise<unknown> {
    return this.cluster.admin.request({ method: 'GET', path: configurationPath });
  }

  /** Returns the `caBundle` of each webhook, PEM. */
  async readBundles(): Promise<readonly string[]> {
    return (arrayAt(await this.readConfiguration(), 'webhooks') ?? []).map((webhook) =>
      Buffer.from(stringAt(webhook, 'clientConfig', 'caBundle') ?? '', 'base64').toString(),
    );
  }

  /** Resolves with the bundles when they match. */
  expectBundles(isWanted: (bundles: readonly string[]) => boolean): Promise<readonly string[]> {
    return waitFor('the caBundle to be as wanted', async () => {
      const bundles = await this.readBundles();
      return isWanted(bundles) && bundles;
    });
  }

  async patchBundle(caBundle: string): Promise<void> {
    await this.cluster.admin.request({
      method: 'PATCH',
      path: configurationPath,
      contentType: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }],
    });
  }

  readSecret(): Promise<unknown> {
    return this.cluster.admin.request({ method: 'GET', path: `${secretsPath}/${secret.name}` });
  }

  /** Creates the Secret like the chart: without data, with the metadata of Helm and others. */
  async createSecret(data?: Readonly<Record<string, string>>): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...secret,
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'example.com/note': 'kept' },
      },
      type: 'Opaque',
      ...(data !== undefined && { data }),
    };
    await this.cluster.admin.request({ method: 'POST', path: secretsPath, body });
  }

  async emptySecret(): Promise<void> {
    await this.cluster.admin.request({
      method: 'PATCH',
      path: `${secretsPath}/${secret.name}`,
      contentType: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/data' }],
    });
  }

  async deleteSecret(): Promise<void> {
    await this.cluster.admin.request({ method: 'DELETE', path: `${secretsPath}/${secret.name}` });
  }

  /** Resolves with the text of the pod's `/readyz` when it matches. */
  waitForReadiness(pod: Pod, pattern: RegExp): Promise<string> {
    return waitFor(`pod ${pod.name} to say ${pattern}`, async () => {
      const { text } = await pod.readiness();
      return pattern.test(text) && text;
    });
  }

  /** Resolves when every pod serves a certificate of the CA. */
  async expectServing(authority: string): Promise<void> {
    for (const pod of this.pods.pods) {
      await waitFor(`pod ${pod.name} to serve a certificate of the CA`, () => isServedBy(pod, authority));
    }
  }

  /** Sends an admission without storing the object; rejects if the call fails. Resolves with whether it was patched. */
  async admit(): Promise<boolean> {
    const probe = buildConfigOf('probe', 'default', { labels: { 's2i-incremental.io/enabled': 'true' } });
    const { object } = await this.cluster.admin.create(probe, { dryRun: 'All' });
    return at(object, 'metadata', 'annotations', 's2i-incremental.io/origin') !== undefined;
  }

  /** Sends one admission after another until it is stopped. */
  admitContinuously(): { mark(text: string): void; stop(): Promise<AdmissionCount> } {
    const failures: { readonly mark: string; readonly error: string }[] = [];
    const state = { mark: '', isStopped: false, count: 0, unpatched: 0 };
    const run = async () => {
      while (!state.isStopped) {
        const { mark } = state;
        state.count += 1;
        await this.admit().then(
          (isPatched) => (state.unpatched += isPatched ? 0 : 1),
          (error: unknown) => failures.push({ mark, error: String(error) }),
        );
        // Leaves processor time to the pods.
        await delay(20);
      }
    };
    const running = run();
    return {
      mark: (text) => (state.mark = text),
      async stop() {
        state.isStopped = true;
        await running;
        return { count: state.count, unpatched: state.unpatched, failures };
      },
    };
  }
}

/** Returns whether the pod serves a certificate of the CA to a new connection. */
function isServedBy(pod: Pod, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const servername = `${service}.${secret.namespace}.svc`;
    const socket = connectTls({ host: podAddress, port: pod.ports.https, ca, servername });
    socket.once('secureConnect', () => {
      resolve(socket.authorized);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
