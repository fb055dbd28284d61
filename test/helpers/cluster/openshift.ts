import { at, stringAt } from '../../../src/openshift/json.ts';
import {
  type BuildConfigOptions,
  type BuildOptions,
  buildConfigOf,
  buildOf,
  cloneOf,
  completeOf,
  digestOf,
} from './builds.ts';
import type { Answer, Client, KubernetesObject } from './client.ts';

/** An object as sent and as stored. */
export interface Written {
  readonly sent: KubernetesObject;
  readonly stored: KubernetesObject;
  readonly warnings: readonly string[];
}

/** Does what `oc`, OpenShift's API server and its build controller do in one namespace, as one user. */
export class OpenShift {
  readonly #client: Client;
  readonly #namespace: string;

  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  get(kind: 'Build' | 'BuildConfig', name: string): Promise<KubernetesObject> {
    return this.#client.get(kind, name, this.#namespace);
  }

  delete(kind: 'Build' | 'BuildConfig', name: string): Promise<void> {
    return this.#client.delete(kind, name, this.#namespace);
  }

  async createBuildConfig(name: string, options: BuildConfigOptions = {}): Promise<Written> {
    const sent = buildConfigOf(name, this.#namespace, options);
    return writtenOf(sent, await this.#client.create(sent));
  }

  /** Reads an object, changes it and writes it. */
  async edit(
    kind: 'Build' | 'BuildConfig',
    name: string,
    change: (object: KubernetesObject) => KubernetesObject,
  ): Promise<Written> {
    const sent = change(await this.get(kind, name));
    return writtenOf(sent, await this.#client.replace(sent));
  }

  /** Counts the next Build, or the given number, in the BuildConfig's status. */
  countBuild(name: string, number?: number): Promise<Written> {
    return this.edit('BuildConfig', name, (buildConfig) => ({
      ...buildConfig,
      status: { lastVersion: number ?? Number(at(buildConfig, 'status', 'lastVersion')) + 1 },
    }));
  }

  /** `oc start-build NAME` */
  async startBuild(name: string, options: BuildOptions & { readonly number?: number } = {}): Promise<Written> {
    const buildConfig = await this.countBuild(name, options.number);
    const sent = buildOf(buildConfig.stored, options);
    return writtenOf(sent, await this.#client.create(sent));
  }

  /** `oc start-build --from-build=NAME` */
  async cloneBuild(name: string): Promise<Written> {
    const build = await this.get('Build', name);
    const buildConfig = await this.countBuild(stringAt(build, 'status', 'config', 'name') ?? '');
    const sent = cloneOf(build, buildConfig.stored);
    return writtenOf(sent, await this.#client.create(sent));
  }

  /** Completes a Build; by default with a digest made from its name. */
  completeBuild(name: string, digest = digestOf(name)): Promise<Written> {
    return this.edit('Build', name, (build) => completeOf(build, digest));
  }
}

function writtenOf(sent: KubernetesObject, { object, warnings }: Answer): Written {
  return { sent, stored: object, warnings };
}
