import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { arrayAt, at, stringAt } from '../../src/openshift/json.ts';
import { PodSet } from '../helpers/cluster/pod-set.ts';
import { type Manifest, manifestsIn, release, theOnly } from './helm.ts';
import type { ChartBed } from './suites/chart-bed.ts';

const { name, namespace } = release;
type Bed = Pick<ChartBed, 'api' | 'cluster' | 'helm'>;

/**
 * Starts two pods of the installed release as processes of the image's bundle, with its arguments, configuration and
 * the rights of its ServiceAccount.
 */
export async function startReleasePods(bed: Bed): Promise<PodSet> {
  const { cluster, helm } = bed;
  const manifests = manifestsIn((await helm('get', 'manifest', name)).stdout);
  const kubeconfig = await tokenKubeconfig(bed);
  const config = join(cluster.directory, 'chart-config.yaml');
  writeFileSync(config, String(at(theOnly('ConfigMap', manifests), 'data', 'config.yaml')));
  const program = join(cluster.directory, 'main.cjs');
  const build = fileURLToPath(new URL('../../hack/build.ts', import.meta.url));
  execFileSync(process.execPath, [build, program], { stdio: 'pipe' });
  const pods = await PodSet.create({
    cluster,
    namespace,
    service: name,
    servicePorts: [
      { name: 'https', port: 443, target: 'https' },
      { name: 'ops', port: 8080, target: 'ops' },
    ],
    createSpec: ({ https, ops, scripts }) => ({
      program,
      args: [
        ...argumentsOf(manifests).map((arg) => arg.replace('/etc/s2i-incremental-webhook/config.yaml', config)),
        // The last option of a name wins; a pod has its own address, and its token in a file.
        `--port=${https}`,
        `--ops-port=${ops}`,
        `--scripts-port=${scripts}`,
        `--kubeconfig=${kubeconfig}`,
      ],
      env: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '1s' },
    }),
  });
  await pods.add(2);
  await pods.ready();
  return pods;
}

/** Writes a kubeconfig of the release's ServiceAccount. */
async function tokenKubeconfig({ api, cluster }: Bed): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status, body } = await api.request('POST', path, { body: { spec: {} } });
  assert.equal(status, 201);
  const admin = parse(readFileSync(join(cluster.directory, 'users', 'admin.yaml'), 'utf8')) as object;
  const user = { name: 'admin', user: { token: stringAt(body, 'status', 'token') } };
  const file = join(cluster.directory, 'users', 'service-account.yaml');
  writeFileSync(file, JSON.stringify({ ...admin, users: [user] }), { mode: 0o600 });
  return file;
}

/** Returns the container's arguments in the Deployment. */
function argumentsOf(manifests: readonly Manifest[]): readonly string[] {
  const containers = arrayAt(theOnly('Deployment', manifests), 'spec', 'template', 'spec', 'containers') ?? [];
  return (arrayAt(containers[0], 'args') ?? []).map(String);
}
