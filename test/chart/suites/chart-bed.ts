import assert from 'node:assert/strict';
import { join } from 'node:path';
import { stringAt } from '../../../src/openshift/json.ts';
import { type Cluster, startCluster } from '../../helpers/cluster/cluster.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { ApiServer } from '../api-server.ts';
import { type HelmOutcome, type Manifest, helm, release } from '../helm.ts';

/** A cluster for installing the chart, and an admin with helm. */
export interface ChartBed {
  readonly cluster: Cluster;
  readonly api: ApiServer;
  /** @throws AssertionError if the object is not created */
  readonly create: (object: Manifest) => Promise<void>;
  /** In the release's namespace. */
  readonly helm: (...args: readonly string[]) => Promise<HelmOutcome>;
  stop(): Promise<void>;
}

export async function createChartBed(): Promise<ChartBed> {
  const cluster = await startCluster();
  const kubeconfig = join(cluster.directory, 'users', 'admin.yaml');
  const api = new ApiServer(kubeconfig);
  const create = async (object: Manifest) => {
    const { status, body } = await api.create(object);
    assert.equal(status, 201, stringAt(body, 'message'));
  };
  try {
    await create(restrictedNamespace);
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'openshift-config-managed' } });
    for (const [group, version, kind, scope] of [
      ['cert-manager.io', 'v1', 'Issuer', 'Namespaced'],
      ['cert-manager.io', 'v1', 'Certificate', 'Namespaced'],
      ['monitoring.coreos.com', 'v1', 'ServiceMonitor', 'Namespaced'],
      ['monitoring.coreos.com', 'v1', 'PrometheusRule', 'Namespaced'],
      ['grafana.integreatly.org', 'v1beta1', 'GrafanaDashboard', 'Namespaced'],
      ['console.openshift.io', 'v1', 'ConsoleYAMLSample', 'Cluster'],
      ['console.openshift.io', 'v1', 'ConsoleQuickStart', 'Cluster'],
    ] as const) {
      const plural = `${kind.toLowerCase()}s`;
      await create(definitionOf(group, version, kind, plural, scope));
      const list = `/apis/${group}/${version}/${plural}?labelSelector=none`;
      await waitFor(`${plural} to be served`, async () => (await api.request('GET', list)).status === 200);
    }
    return {
      cluster,
      api,
      create,
      helm: (...args) => helm([...args, '--namespace', release.namespace], kubeconfig),
      stop: () => cluster.stop(),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Like OpenShift's; Deployments only cause warnings, so warnings are requested too. */
const restrictedNamespace: Manifest = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: release.namespace,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' },
  },
};

/** Another project's kind, with any fields. */
function definitionOf(group: string, version: string, kind: string, plural: string, scope: string): Manifest {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}
