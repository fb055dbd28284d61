import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import { type JsonObject, arrayAt, at } from '../../src/openshift/json.ts';
import { type Manifest, tools } from '../chart/helm.ts';
import { type ChartBed, createChartBed } from '../chart/suites/chart-bed.ts';
import { OpenShift } from '../helpers/cluster/openshift.ts';
import { type DockerRegistry, startDockerRegistry } from '../registry/docker-registry.ts';
import { ImageStore, buildStandIn, checkout } from './image-store.ts';
import { standIns } from './stand-ins.ts';

/** A folder with the checkout's files, from which an admin uses a cluster and a registry. */
export interface Desk {
  readonly folder: string;
  readonly bed: ChartBed;
  readonly registry: DockerRegistry;
  /** Runs a shell script and returns its output. */
  run(script: string, environment?: NodeJS.ProcessEnv): Promise<string>;
  clear(): Promise<void>;
}

export async function createDesk(): Promise<Desk> {
  const work = mkdtempSync(join(tmpdir(), 's2i-incremental-desk-'));
  const folder = join(work, 'desk');
  mkdirSync(folder);
  for (const file of ['charts', 'deploy', 'hack', 'src', 'package.json']) {
    symlinkSync(join(checkout, file), join(folder, file));
  }

  const store = new ImageStore();
  await buildStandIn(store, 'debian');
  execFileSync(process.execPath, ['hack/build.ts'], { cwd: checkout, stdio: 'pipe' });
  const dist = join(work, 'bundle', 'build', 'dist');
  mkdirSync(dist, { recursive: true });
  for (const file of ['main.js', 'main.js.LEGAL.txt', 'package.json', 'sbom.cdx.json']) {
    cpSync(join(checkout, 'dist', file), join(dist, file));
  }

  const caFile = join(work, 'ca.crt');
  const { ca = '', ...certificate } = await createDevelopmentCertificate(['127.0.0.1', 'localhost'], Date.now());
  writeFileSync(caFile, ca);
  const registry = await startDockerRegistry(ca, { certificate });
  const bed = await createOpenShiftBed();
  const builds = await serveStartBuild(bed);

  const bin = join(work, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(standIns)) {
    const real = `real() { PATH=$REAL_PATH command ${name} "$@"; }`;
    writeFileSync(join(bin, name), `#!/bin/bash\n${real}\n${script}\n`, { mode: 0o755 });
  }
  const path = `${tools}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const own = {
    ...store.environment,
    PATH: `${bin}:${path}`,
    REAL_PATH: path,
    HOME: work,
    KUBECONFIG: writeKubeconfig(bed, work),
    GNUPGHOME: join(work, 'gnupg'),
    // Where Go programs look for CAs.
    SSL_CERT_FILE: caFile,
    COMPANY_CA: caFile,
    REGISTRY: registry.host,
    BUNDLE: join(work, 'bundle'),
    CHECKOUT: checkout,
    START_BUILD: builds.url,
  };
  return {
    folder,
    bed,
    registry,
    run: (script, environment = {}) =>
      new Promise((resolve, reject) => {
        const options = { cwd: folder, env: { ...own, ...environment }, maxBuffer: 16 * 1024 * 1024 };
        execFile('bash', ['-euo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`${script}\n${stdout}${stderr}`));
        });
      }),
    clear: async () => {
      builds.close();
      await registry.remove();
      await bed.stop();
      execFileSync('gpgconf', ['--homedir', own.GNUPGHOME, '--kill', 'gpg-agent']);
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Creates a cluster with what the documents use of OpenShift besides Builds: ImageStreams, and short names. */
async function createOpenShiftBed(): Promise<ChartBed> {
  const bed = await createChartBed();
  await bed.create(imageStreams);
  for (const [plural, short] of [
    ['buildconfigs', 'bc'],
    ['builds', 'build'],
  ] as const) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.build.openshift.io`;
    const body = { spec: { names: { shortNames: [short] } } };
    const { status } = await bed.api.request('PATCH', path, { body, contentType: 'application/merge-patch+json' });
    assert.equal(status, 200);
  }
  return bed;
}

/** Answers `?name=NAME&namespace=NAMESPACE` like `oc start-build`. */
async function serveStartBuild(bed: ChartBed): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    startBuild(bed, String(searchParams.get('name')), String(searchParams.get('namespace'))).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** Completes the next Build of a BuildConfig. For strategy Docker there is no Build: the BuildConfig has everything. */
async function startBuild(bed: ChartBed, name: string, namespace: string): Promise<string> {
  const openShift = new OpenShift(bed.cluster.admin, namespace);
  const buildConfig = await openShift.get('BuildConfig', name);
  if (at(buildConfig, 'spec', 'strategy', 'type') === 'Docker') return `${name}: strategy Docker\n`;
  const number = Number(at(buildConfig, 'status', 'lastVersion') ?? 0) + 1;
  await openShift.startBuild(name, { number });
  await openShift.completeBuild(`${name}-${number}`);
  return `build.build.openshift.io/${name}-${number} started\n`;
}

/** Writes the admin's kubeconfig. */
function writeKubeconfig(bed: ChartBed, work: string): string {
  const config = JSON.parse(readFileSync(join(bed.cluster.directory, 'users', 'admin.yaml'), 'utf8')) as JsonObject;
  const [context] = arrayAt(config, 'contexts') as readonly [{ name: string; context: JsonObject }];
  const file = join(work, 'kubeconfig');
  const contexts = [{ ...context, context: { ...context.context, namespace: 'default' } }];
  writeFileSync(file, JSON.stringify({ ...config, contexts }), { mode: 0o600 });
  return file;
}

/** OpenShift's ImageStream, with any fields. */
const imageStreams: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'imagestreams.image.openshift.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, a stand-in for OpenShift in tests' },
  },
  spec: {
    group: 'image.openshift.io',
    scope: 'Namespaced',
    names: { kind: 'ImageStream', plural: 'imagestreams', singular: 'imagestream', listKind: 'ImageStreamList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
