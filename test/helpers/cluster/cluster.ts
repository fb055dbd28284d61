import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from '../../../src/certificates/self-signed.ts';
import { Client } from './client.ts';
import { ControlPlane } from './control-plane.ts';
import { createCredentials } from './credentials.ts';
import { customResourceDefinitions } from './manifests.ts';
import { ProcessGuard } from './process-guard.ts';

/** A Kubernetes API server with Builds and BuildConfigs, without controllers and nodes. */
export interface Cluster {
  /** The folder of this cluster, also for its tests. */
  readonly directory: string;
  readonly guard: ProcessGuard;
  readonly controlPlane: ControlPlane;
  /** In `system:masters`. */
  readonly admin: Client;
  /** The admin's kubeconfig file. */
  readonly adminKubeconfig: string;
  /** The CA of the API server, PEM. */
  readonly ca: string;
  /** Creates a user without rights. */
  createUser(name: string): Promise<{ client: Client; kubeconfig: string }>;
  /** Ends every process and removes the folder. */
  stop(): Promise<void>;
}

/** Starts a cluster on free loopback ports. It ends with this process at the latest, however that ends. */
export async function startCluster(): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 's2i-incremental-cluster-'));
  const guard = new ProcessGuard(directory);
  try {
    const credentials = await createCredentials(directory);
    const administrator = await credentials.createUser('admin', ['system:masters']);
    const controlPlane = await ControlPlane.start({ directory, guard, credentials, admin: administrator });

    const users = join(directory, 'users');
    mkdirSync(users);
    const writeKubeconfig = (name: string, certificate: KeyPair): string => {
      const file = join(users, `${name}.yaml`);
      writeFileSync(file, kubeconfigOf(name, controlPlane.url, credentials.ca, certificate), { mode: 0o600 });
      return file;
    };
    const adminKubeconfig = writeKubeconfig('admin', administrator);
    const admin = new Client(adminKubeconfig);

    for (const definition of customResourceDefinitions) await admin.create(definition);
    for (const plural of ['builds', 'buildconfigs']) {
      await controlPlane.expectServed(`/apis/build.openshift.io/v1/${plural}?labelSelector=none`);
    }
    return {
      directory,
      guard,
      controlPlane,
      admin,
      adminKubeconfig,
      ca: credentials.ca,
      async createUser(name) {
        const kubeconfig = writeKubeconfig(name, await credentials.createUser(name, []));
        return { client: new Client(kubeconfig), kubeconfig };
      },
      stop: () => guard.release(),
    };
  } catch (error) {
    await guard.release();
    throw error;
  }
}

/** Returns a kubeconfig in JSON, which is YAML. */
function kubeconfigOf(user: string, server: string, ca: string, { cert, key }: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  });
}
