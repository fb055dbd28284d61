import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page, Resource, Selection } from '../kubernetes/cluster.ts';
import type { KubernetesRequest } from '../kubernetes/connection.ts';
import type { JsonObject } from '../openshift/json.ts';
import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';
import { messageOf } from '../config/message-of.ts';

/** The cluster that a command works on, as the user of its kubeconfig. */
export interface OpenCluster {
  /** URL. */
  readonly server: string;
  /** The one the context names, as `oc project` sets it; `default` where it names none. */
  readonly namespace: string;
  /** The object, or undefined where there is none; rejects with the client's error. */
  readonly get: (resource: Resource, namespace: string, name: string) => Promise<JsonObject | undefined>;
  /** All pages of a list; rejects with the client's error. */
  readonly list: (selection: Selection) => AsyncIterable<Page>;
  /** Any other request; resolves with the JSON that answers it and rejects with the client's error. */
  readonly request: (request: KubernetesRequest) => Promise<unknown>;
}

/** Nobody cancels a command's request but by ending the process; each ends by itself where the server is silent. */
const endless = new AbortController().signal;

/**
 * The cluster of a kubeconfig file; without one that of $KUBECONFIG, ~/.kube/config or the pod. The client is loaded
 * only here.
 * @throws CommandError where none is named
 */
export async function openCluster(file: string | undefined, { environment, version }: Terminal): Promise<OpenCluster> {
  const mend = 'name one with --kubeconfig FILE or $KUBECONFIG, or log in (oc login)';
  if (file === undefined && !isClusterAtHand(environment))
    throw new CommandError(`there is no cluster to ask; ${mend}`);
  const { connect, loadKubeConfig } = await import('../kubernetes/connection.ts');
  const { createCluster, listPages } = await import('../kubernetes/cluster.ts');
  try {
    const kubeConfig = loadKubeConfig(file);
    const kubernetes = connect(kubeConfig, { version });
    const cluster = createCluster(kubernetes);
    const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
    return {
      server: kubernetes.server,
      namespace: context?.namespace?.trim() || 'default',
      get: (resource, namespace, name) => cluster.get(resource, namespace, name, endless),
      list: (selection) => listPages(cluster, selection, endless),
      request: (request) => kubernetes.request(request, endless),
    };
  } catch (error) {
    throw new CommandError(
      `${file ?? 'the kubeconfig'} names no cluster that can be used: ${messageOf(error)}; ${mend}`,
      {
        cause: error,
      },
    );
  }
}

const podToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Whether there is anything to read a cluster from; the client would take one on localhost for granted. */
export function isClusterAtHand(environment: Terminal['environment']): boolean {
  // A pod has the address of the API server in any case, but a token only if it is to use it.
  const inCluster = environment['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(podToken);
  return (
    inCluster ||
    (environment['KUBECONFIG'] ?? '') !== '' ||
    existsSync(join(environment['HOME'] ?? homedir(), '.kube', 'config'))
  );
}
