import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/openshift/json.ts';

export const chart = fileURLToPath(new URL('../../charts/s2i-incremental-webhook', import.meta.url));

/** The release name and namespace in the documentation. */
export const release = { name: 's2i-incremental-webhook', namespace: 's2i-incremental' } as const;

/** The outcome of a helm command. */
export interface HelmOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const tools = execFileSync(fileURLToPath(new URL('../../hack/cluster-tools.sh', import.meta.url)), {
  encoding: 'utf8',
}).trim();
// KUBEBUILDER_ASSETS may have no helm.
const program = existsSync(join(tools, 'helm')) ? join(tools, 'helm') : 'helm';
const home = mkdtempSync(join(tmpdir(), 's2i-incremental-helm-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

/** Runs helm without the developer's settings; with a kubeconfig file, as its user. */
export function helm(args: readonly string[], kubeconfig = '/dev/null'): Promise<HelmOutcome> {
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig };
  return new Promise((resolve) => {
    execFile(program, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** A way to install the chart: the values in its ci folder, and the cluster's version. */
export interface InstallMode {
  readonly name: string;
  readonly values: string;
  readonly kubeVersion: string;
}

const suffix = '-values.yaml';

/** Each ci/NAME-values.yaml is one. OpenShift 3.11 is Kubernetes 1.11, with metadata in its version. */
export function installMode(name: string): InstallMode {
  return {
    name,
    values: join(chart, 'ci', name + suffix),
    kubeVersion: name === 'openshift3' ? 'v1.11.0+d4cacc0' : 'v1.34.4',
  };
}

export const installModes: readonly InstallMode[] = readdirSync(join(chart, 'ci'))
  .filter((file) => file.endsWith(suffix))
  .map((file) => installMode(file.slice(0, -suffix.length)));

/** Returns the chart's manifests, or why there are none. */
export function template(mode: InstallMode, ...more: readonly string[]): Promise<HelmOutcome> {
  const { name, namespace } = release;
  const args = ['--namespace', namespace, '--kube-version', mode.kubeVersion, '--values', mode.values];
  return helm(['template', name, chart, ...args, ...more]);
}

/** An object as the chart renders it. */
export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: JsonObject;
    readonly annotations?: JsonObject;
  };
}

/**
 * Returns the objects in manifests.
 * @throws Error for invalid YAML, or a duplicate key
 */
export function manifestsIn(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJSON() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/**
 * Returns the chart's objects.
 * @throws Error with helm's message
 */
export async function renderedObjects(mode: InstallMode, ...more: readonly string[]): Promise<readonly Manifest[]> {
  const { status, stdout, stderr } = await template(mode, ...more);
  if (status !== 0) throw new Error(stderr);
  return manifestsIn(stdout);
}

/**
 * Returns the only object of a kind.
 * @throws Error if there is none or more than one
 */
export function theOnly(kind: string, objects: readonly Manifest[]): Manifest {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not exactly one ${kind}`);
  return found;
}
