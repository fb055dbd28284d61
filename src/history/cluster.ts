import {
  ApiException,
  CustomObjectsApi,
  KubeConfig,
  Observable,
  type RequestContext,
  Watch,
} from '@kubernetes/client-node';
import { type JsonObject, isObject, arrayAt, stringAt } from '../openshift/json.ts';

/** The resources that are read. OpenShift 3.9 and later serve this group beside the legacy one. */
const apiGroup = { group: 'build.openshift.io', version: 'v1' } as const;
export type Resource = 'builds' | 'buildconfigs';

/** One page of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
  /** What a watch can go on from. */
  readonly resourceVersion: string;
}

/** Which objects a list or a watch is about. */
export interface Selection {
  readonly resource: Resource;
  /** Undefined: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector: string;
}

/** A cluster, as far as it is read. Every method rejects with the client's error, or once the signal aborts. */
export interface Cluster {
  /** The API server's URL. */
  readonly server: string;
  /** The object, or undefined where there is none. */
  get(resource: Resource, namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  list(selection: Selection, limit: number, next: string | undefined, signal: AbortSignal): Promise<Page>;
  /**
   * Reports changes after a resource version, `onOpen` once the server has begun to; resolves when the server ends it.
   * @throws GoneError where the server does not remember that version
   */
  watch(selection: Selection, resourceVersion: string, handlers: WatchHandlers, signal: AbortSignal): Promise<void>;
}

/** All pages of a list, one after another. */
export async function* listPages(
  cluster: Pick<Cluster, 'list'>,
  selection: Selection,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let next: string | undefined;
  do {
    const page = await cluster.list(selection, limit, next, signal);
    yield page;
    ({ next } = page);
  } while (next !== undefined);
}

export interface WatchHandlers {
  readonly onOpen: () => void;
  /** `BOOKMARK` events carry a resource version and nothing else. */
  readonly onEvent: (type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: JsonObject) => void;
}

/** The API server refused a request; the client's own error holds the whole answer, which is no matter for a log. */
export class ClusterError extends Error {
  /** The HTTP status. */
  readonly code: number;

  constructor(code: number, body: unknown) {
    super(`the API server answered ${code}: ${messageIn(body)}`);
    this.name = 'ClusterError';
    this.code = code;
  }
}

/** The message of a Status, which the client hands over as text or parsed. */
function messageIn(body: unknown): string {
  try {
    return stringAt(typeof body === 'string' ? (JSON.parse(body) as unknown) : body, 'message') ?? 'no reason given';
  } catch {
    return 'no reason given';
  }
}

/** The server no longer remembers the resource version that was asked for: everything has to be listed anew. */
export class GoneError extends Error {
  readonly code = 'gone';
}

/** The server is asked to end each watch within ten minutes, at random, so that those of several replicas spread. */
const watchSeconds = () => 300 + Math.floor(Math.random() * 300);

/**
 * The cluster a kubeconfig file names; without one the pod's own, or what $KUBECONFIG or ~/.kube/config name.
 * @throws Error where that names none
 */
export function connectCluster(kubeConfigFile: string | undefined): Cluster {
  const kubeConfig = new KubeConfig();
  if (kubeConfigFile === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(kubeConfigFile);
  return createCluster(kubeConfig);
}

/** @throws Error where the kubeconfig has no current cluster */
export function createCluster(kubeConfig: KubeConfig): Cluster {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('it has no current context with a cluster');
  const api = kubeConfig.makeApiClient(CustomObjectsApi);

  return {
    server,
    async get(resource, namespace, name, signal) {
      try {
        const found: unknown = await api.getNamespacedCustomObject(
          { ...apiGroup, plural: resource, namespace, name },
          abortable(signal),
        );
        return isObject(found) ? found : undefined;
      } catch (error) {
        if (error instanceof ApiException && error.code === 404) return undefined;
        throw described(error);
      }
    },

    async list({ resource, namespace, labelSelector }, limit, next, signal) {
      const request = { labelSelector, limit, ...(next !== undefined && { _continue: next }) };
      const { group, version } = apiGroup;
      try {
        const found: unknown =
          namespace === undefined
            ? await api.listCustomObjectForAllNamespaces(
                { group, version, resourcePlural: resource, ...request },
                abortable(signal),
              )
            : await api.listNamespacedCustomObject(
                { group, version, plural: resource, namespace, ...request },
                abortable(signal),
              );
        const token = stringAt(found, 'metadata', 'continue') ?? '';
        return {
          items: (arrayAt(found, 'items') ?? []).filter(isObject),
          next: token === '' ? undefined : token,
          resourceVersion: stringAt(found, 'metadata', 'resourceVersion') ?? '',
        };
      } catch (error) {
        if (error instanceof ApiException && error.code === 410) throw new GoneError('the list expired');
        throw described(error);
      }
    },

    async watch({ resource, namespace, labelSelector }, resourceVersion, { onOpen, onEvent }, signal) {
      const watch = new Watch(kubeConfig);
      const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
      const path = `/apis/${apiGroup.group}/${apiGroup.version}${scope}/${resource}`;
      const query = { labelSelector, resourceVersion, allowWatchBookmarks: true, timeoutSeconds: watchSeconds() };
      const closed = Promise.withResolvers<undefined>();
      const state = { isOpen: false, isClosed: false };
      const close = (error?: Error) => {
        state.isClosed = true;
        if (error === undefined) closed.resolve(undefined);
        else closed.reject(error);
      };
      const abort = () => close();
      signal.addEventListener('abort', abort, { once: true });

      const opening = watch.watch(
        path,
        query,
        (type, object: unknown) => {
          if (state.isClosed || !isObject(object)) return;
          if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK')
            onEvent(type, object);
          else close(errorOfStatus(object));
        },
        (error: unknown) => {
          // The client gives up on a watch that was silent for 30 s: on one that is dead, and on one where nothing happens.
          if (error == null || (state.isOpen && isTimeout(error))) close();
          else close(isGone(error) ? new GoneError('the version is too old', { cause: error }) : (error as Error));
        },
      );
      // The server may hold back its answer for long; whoever wants to stop does not wait for it.
      void opening.then((controller) => {
        if (state.isClosed || signal.aborted) {
          controller.abort();
          return;
        }
        state.isOpen = true;
        onOpen();
        void closed.promise.catch(() => undefined).then(() => controller.abort());
      }, close);
      try {
        await closed.promise;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}

function described(error: unknown): unknown {
  return error instanceof ApiException ? new ClusterError(error.code, error.body) : error;
}

/** The Status that ends a watch in its own stream. */
function errorOfStatus(status: JsonObject): Error {
  const message = stringAt(status, 'message') ?? 'the watch was ended with an error';
  return status['code'] === 410 ? new GoneError(message) : new Error(message);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 410;
}

/** The client takes an abort signal only through a middleware. */
function abortable(signal: AbortSignal) {
  const pre = (context: RequestContext) => {
    context.setSignal(signal);
    return new Observable(Promise.resolve(context));
  };
  const post = <T>(context: T) => new Observable(Promise.resolve(context));
  return { middleware: [{ pre, post }], middlewareMergeStrategy: 'append' as const };
}
