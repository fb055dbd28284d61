import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/openshift/json.ts';

/** The chart's folder. */
export const chart = fileURLToPath(new URL('../../charts/s2i-incremental-webhook', import.meta.url));

/** The names that the documentation installs it under. */
export const release = { name: 's2i-incremental-webhook', namespace: 's2i-incremental' } as const;

/** How one end of a helm command looks from outside. */
export interface HelmOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder with helm, kube-apiserver and etcd. */
export const tools = execFileSync(fileURLToPath(new URL('../../hack/cluster-tools.sh', import.meta.url)), {
  encoding: 'utf8',
}).trim();
// A folder of someone else's tools need not have helm.
const program = existsSync(join(tools, 'helm')) ? join(tools, 'helm') : 'helm';
const home = mkdtempSync(join(tmpdir(), 's2i-incremental-helm-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

/** Runs helm with nothing of the developer's own settings; with a kubeconfig file, as its user. */
export function helm(args: readonly string[], kubeconfig = '/dev/null'): Promise<HelmOutcome> {
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig };
  return new Promise((resolve) => {
    execFile(program, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** What a way to install the chart is tried with: the values in its ci folder, and the cluster's version. */
export interface InstallMode {
  readonly name: string;
  readonly values: string;
  readonly kubeVersion: string;
}

const suffix = '-values.yaml';

/** Every ci/NAME-values.yaml is one; OpenShift 3.11 is Kubernetes 1.11, whose version ends in metadata. */
export function installMode(name: string): InstallMode {
  return {
    name,
    values: join(chart, 'ci', name + suffix),
    kubeVersion: name === 'openshift3' ? 'v1.11.0+d4cacc0' : 'v1.34.4',
  };
}

/** All of them. */
export const installModes: readonly InstallMode[] = readdirSync(join(chart, 'ci'))
  .filter((file) => file.endsWith(suffix))
  .map((file) => installMode(file.slice(0, -suffix.length)));

/** The chart's manifests; the outcome says why where there are none. */
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
 * The objects in manifests.
 * @throws Error for what is no YAML, or holds a key twice
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
 * The chart's objects.
 * @throws Error with what helm says
 */
export async function renderedObjects(mode: InstallMode, ...more: readonly string[]): Promise<readonly Manifest[]> {
  const { status, stdout, stderr } = await template(mode, ...more);
  if (status !== 0) throw new Error(stderr);
  return manifestsIn(stdout);
}

/**
 * The one object of a kind.
 * @throws Error where there is none or another one
 */
export function theOnly(kind: string, objects: readonly Manifest[]): Manifest {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not exactly one ${kind}`);
  return found;
}
