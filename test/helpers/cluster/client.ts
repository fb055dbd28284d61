import {
  CoreV1Api,
  CustomObjectsApi,
  type HttpInfo,
  KubeConfig,
  V1Namespace,
  V1ObjectMeta,
} from '@kubernetes/client-node';
import { type Kubernetes, type KubernetesRequest, connect } from '../../../src/kubernetes/connection.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';

/** The API path of each kind that the tests use. */
const resources = {
  Build: { group: 'build.openshift.io', version: 'v1', plural: 'builds' },
  BuildConfig: { group: 'build.openshift.io', version: 'v1', plural: 'buildconfigs' },
  CustomResourceDefinition: { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
  MutatingWebhookConfiguration: {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'mutatingwebhookconfigurations',
  },
  ClusterRole: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' },
  ClusterRoleBinding: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' },
  Role: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles' },
  EndpointSlice: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  RoleBinding: { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'rolebindings' },
} as const;

export type Kind = keyof typeof resources;

/** An object as the tests write it. */
export interface KubernetesObject extends JsonObject {
  readonly kind: Kind;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
}

/** The stored object (or that of a dry run), and the API server's warnings. */
export interface Answer {
  readonly object: KubernetesObject;
  /** The texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

export interface ListQuery {
  readonly labelSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

/** Accesses the cluster as one user: any kind, raw JSON. Rejects with the client's ApiException. */
export class Client {
  readonly #api: CustomObjectsApi;
  readonly #core: CoreV1Api;
  readonly #kubernetes: Kubernetes;

  /** @param kubeconfig a kubeconfig file */
  constructor(kubeconfig: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.#api = config.makeApiClient(CustomObjectsApi);
    this.#core = config.makeApiClient(CoreV1Api);
    this.#kubernetes = connect(config);
  }

  /** Sends any other request; rejects with a ClusterError. */
  request(request: KubernetesRequest): Promise<unknown> {
    return this.#kubernetes.request(request, AbortSignal.timeout(10_000));
  }

  async createNamespace(name: string): Promise<void> {
    const namespace = new V1Namespace();
    namespace.metadata = new V1ObjectMeta();
    namespace.metadata.name = name;
    await this.#core.createNamespace({ body: namespace });
  }

  async create(object: KubernetesObject, options: { readonly dryRun?: 'All' } = {}): Promise<Answer> {
    const { namespace } = object.metadata;
    const request = { ...resources[object.kind], body: object, ...options };
    return answerOf(
      namespace === undefined
        ? await this.#api.createClusterCustomObjectWithHttpInfo(request)
        : await this.#api.createNamespacedCustomObjectWithHttpInfo({ ...request, namespace }),
    );
  }

  /** Replaces the object, which has the `resourceVersion` that was read. */
  async replace(object: KubernetesObject): Promise<Answer> {
    const { name, namespace } = object.metadata;
    const request = { ...resources[object.kind], name, body: object };
    return answerOf(
      namespace === undefined
        ? await this.#api.replaceClusterCustomObjectWithHttpInfo(request)
        : await this.#api.replaceNamespacedCustomObjectWithHttpInfo({ ...request, namespace }),
    );
  }

  async get(kind: Kind, name: string, namespace?: string): Promise<KubernetesObject> {
    const request = { ...resources[kind], name };
    return (
      namespace === undefined
        ? await this.#api.getClusterCustomObject(request)
        : await this.#api.getNamespacedCustomObject({ ...request, namespace })
    ) as KubernetesObject;
  }

  async list(kind: Kind, namespace: string, query: ListQuery = {}): Promise<readonly KubernetesObject[]> {
    const list = (await this.#api.listNamespacedCustomObject({ ...resources[kind], namespace, ...query })) as {
      items: readonly KubernetesObject[];
    };
    return list.items;
  }

  async delete(kind: Kind, name: string, namespace?: string): Promise<void> {
    const request = { ...resources[kind], name };
    await (namespace === undefined
      ? this.#api.deleteClusterCustomObject(request)
      : this.#api.deleteNamespacedCustomObject({ ...request, namespace }));
  }
}

function answerOf({ data, headers }: HttpInfo<unknown>): Answer {
  return { object: data as KubernetesObject, warnings: decodeWarnings(headers['warning'] ?? '') };
}

/** Returns the texts in `299 - "text", 299 - "text"`, in which quotes and backslashes are escaped by a backslash. */
function decodeWarnings(header: string): readonly string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
