import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page, Resource, Selection } from '../kubernetes/cluster.ts';
import type { KubernetesRequest } from '../kubernetes/connection.ts';
import type { JsonObject } from '../openshift/json.ts';
import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';
import { messageOf } from '../config/message-of.ts';

/** Provides the cluster of a command, with the rights of its kubeconfig's user. */
export interface OpenCluster {
  /** URL. */
  readonly server: string;
  /** The namespace of the context, as `oc project` sets it; by default `default`. */
  readonly namespace: string;
  /** Resolves with the object, or undefined if there is none; rejects with the client's error. */
  readonly get: (resource: Resource, namespace: string, name: string) => Promise<JsonObject | undefined>;
  /** Returns all pages of a list; rejects with the client's error. */
  readonly list: (selection: Selection) => AsyncIterable<Page>;
  /** Sends any other request; resolves with its JSON answer, rejects with the client's error. */
  readonly request: (request: KubernetesRequest) => Promise<unknown>;
}

/** Only the end of the process cancels a command's request; each one has a timeout. */
const endless = new AbortController().signal;

/**
 * Opens the cluster of a kubeconfig file, by default that of $KUBECONFIG, ~/.kube/config or the pod. The client is
 * loaded only here.
 * @throws CommandError if there is none
 */
export async function openCluster(file: string | undefined, { environment, version }: Terminal): Promise<OpenCluster> {
  const mend = 'name one with --kubeconfig FILE or $KUBECONFIG, or log in (oc login)';
  if (file === undefined && !isClusterConfigured(environment))
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

/** Returns whether a cluster is configured; the client would otherwise assume one on localhost. */
export function isClusterConfigured(environment: Terminal['environment']): boolean {
  // Every pod has the API server's address, but only one that may use it has a token.
  const inCluster = environment['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(podToken);
  return (
    inCluster ||
    (environment['KUBECONFIG'] ?? '') !== '' ||
    existsSync(join(environment['HOME'] ?? homedir(), '.kube', 'config'))
  );
}
