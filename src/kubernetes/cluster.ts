import { ClusterError, TooLargeError } from './cluster-error.ts';
import { type Kubernetes, SilentError, maxObjectBytes } from './connection.ts';
import { type JsonObject, arrayAt, isObject, objectAt, stringAt } from '../openshift/json.ts';
import { isNamespaceName, isObjectName } from '../openshift/metadata.ts';

/** The group of Builds and BuildConfigs; OpenShift 3.9 and later serve it beside the legacy one. */
const apiGroup = '/apis/build.openshift.io/v1';

/** Names a resource that is read. */
export type Resource = 'builds' | 'buildconfigs' | 'namespaces';

/** Holds a page of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Size as sent by the server. */
  readonly bytes: number;
  /** Token of the next page; undefined on the last one. */
  readonly next: string | undefined;
  /** The version from which a watch can continue. */
  readonly resourceVersion: string;
}

/** Selects the objects of a list or a watch. */
export interface Selection {
  readonly resource: Resource;
  /** Undefined: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector: string;
}

/** Reads from a cluster. Every method rejects with the client's error, or when the signal aborts. */
export interface Cluster {
  /** The API server's URL. */
  readonly server: string;
  /** Resolves with the object, or undefined if there is none; for a Namespace, `namespace` is its name too. */
  get(resource: Resource, namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  /**
   * Reads one page.
   * @param limit objects at most
   * @param next from the page before; undefined: the first
   * @throws TooLargeError if a page of several objects is too large; GoneError
   */
  list(selection: Selection, limit: number, next: string | undefined, signal: AbortSignal): Promise<Page>;
  /**
   * Reports changes after a resource version, and calls `onOpen` when the answer begins; resolves when the server ends
   * it.
   * @throws GoneError if the server no longer has that version
   */
  watch(selection: Selection, resourceVersion: string, handlers: WatchHandlers, signal: AbortSignal): Promise<void>;
}

/** Limits the pages of a list. */
export interface PageSizes {
  /** Objects on the first page. */
  readonly first: number;
  /** Objects on any page. */
  readonly most: number;
  /** Bytes that a page should have. */
  readonly aim: number;
  /** Bytes at which a page of several objects is aborted. */
  readonly limit: number;
}

/** Sets the sizes for Builds, the largest of the objects that are listed. */
export const defaultPageSizes: PageSizes = {
  // Twice the Builds that OpenShift keeps of a BuildConfig by default.
  first: 20,
  // kubectl's page size.
  most: 500,
  // About a hundred Builds. They are parsed in a few milliseconds, which block all requests, and garbage-collected
  // soon.
  aim: 512 * 1024,
  // Twenty Builds of 200 KiB, which is large. Parsed, they take a few times as much.
  limit: 4 * 1024 * 1024,
};

/**
 * Returns all pages of a list. The number of objects follows the size of the pages before; a page that is too large is
 * requested again with fewer.
 */
export async function* listPages(
  cluster: Pick<Cluster, 'list'>,
  selection: Selection,
  signal: AbortSignal,
  { first, most, aim }: PageSizes = defaultPageSizes,
): AsyncGenerator<Page> {
  let limit = first;
  let next: string | undefined;
  for (;;) {
    let page: Page;
    try {
      page = await cluster.list(selection, limit, next, signal);
    } catch (error) {
      if (!(error instanceof TooLargeError) || limit === 1) throw error;
      limit = Math.max(1, Math.floor(limit / 4));
      continue;
    }
    yield page;
    if (page.next === undefined) return;
    ({ next } = page);
    const { items, bytes } = page;
    const fitting = items.length === 0 ? most : Math.floor((aim * items.length) / bytes);
    limit = Math.max(1, Math.min(fitting, limit * 2, most));
  }
}

/** Receives the events of a watch. */
export interface WatchHandlers {
  readonly onOpen: () => void;
  /** `BOOKMARK` events have only a resource version. */
  readonly onEvent: (type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: JsonObject) => void;
}

/** The server no longer has the resource version, so everything must be listed again. */
export class GoneError extends Error {
  readonly code = 'gone';
}

/** Seconds until the server ends a watch, at random up to ten minutes, so that replicas do not reconnect together. */
const watchSeconds = () => 300 + Math.floor(Math.random() * 300);

/** Reads Builds, BuildConfigs and namespaces from an API server. */
export function createCluster(
  kubernetes: Kubernetes,
  { limit: maxPageBytes }: Pick<PageSizes, 'limit'> = defaultPageSizes,
): Cluster {
  return {
    server: kubernetes.server,
    async get(resource, namespace, name, signal) {
      // An object with an invalid name does not exist, and the name could lead to another path.
      if (!isNamespaceName(namespace) || !isObjectName(name)) return undefined;
      try {
        const found = await kubernetes.request(
          { method: 'GET', path: `${pathOf(resource, namespace)}/${name}` },
          signal,
        );
        return isObject(found) ? found : undefined;
      } catch (error) {
        if (error instanceof ClusterError && error.code === 404) return undefined;
        throw error;
      }
    },

    async list({ resource, namespace, labelSelector }, limit, next, signal) {
      try {
        let bytes = 0;
        const request = {
          method: 'GET',
          path: pathOf(resource, namespace),
          query: { continue: next, labelSelector, limit },
          maxBytes: limit === 1 ? maxObjectBytes : maxPageBytes,
          onSize: (size: number) => (bytes = size),
        } as const;
        const found = await kubernetes.request(request, signal);
        const token = stringAt(found, 'metadata', 'continue') ?? '';
        return {
          items: (arrayAt(found, 'items') ?? []).filter(isObject),
          bytes,
          next: token === '' ? undefined : token,
          resourceVersion: stringAt(found, 'metadata', 'resourceVersion') ?? '',
        };
      } catch (error) {
        if (error instanceof ClusterError && error.code === 410) throw new GoneError('the list expired');
        throw error;
      }
    },

    async watch({ resource, namespace, labelSelector }, resourceVersion, { onOpen, onEvent }, signal) {
      const query = {
        watch: 'true',
        labelSelector,
        resourceVersion,
        allowWatchBookmarks: 'true',
        timeoutSeconds: watchSeconds(),
      };
      const state = { isOpen: false };
      const opened = () => {
        state.isOpen = true;
        onOpen();
      };
      try {
        const request = { method: 'GET', path: pathOf(resource, namespace), query } as const;
        for await (const event of kubernetes.follow(request, opened, signal)) {
          const [type, object] = [stringAt(event, 'type'), objectAt(event, 'object') ?? {}];
          if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK')
            onEvent(type, object);
          else throw errorOfStatus(object);
        }
      } catch (error) {
        if (signal.aborted) return;
        // A dead watch is as silent as an idle one; reopening repairs the one and does not harm the other.
        if (state.isOpen && error instanceof SilentError) return;
        throw error instanceof ClusterError && error.code === 410
          ? new GoneError('the version is too old', { cause: error })
          : error;
      }
    },
  };
}

/**
 * Returns the path of a resource in one namespace or in all.
 * @throws Error if the namespace's name is invalid
 */
function pathOf(resource: Resource, namespace: string | undefined): string {
  if (resource === 'namespaces') return '/api/v1/namespaces';
  if (namespace === undefined) return `${apiGroup}/${resource}`;
  if (!isNamespaceName(namespace)) throw new Error("the namespace's name is invalid");
  return `${apiGroup}/namespaces/${namespace}/${resource}`;
}

/** Returns the error for the Status with which a stream ends. */
function errorOfStatus(status: JsonObject): Error {
  const message = stringAt(status, 'message') ?? 'the watch was ended with an error';
  return status['code'] === 410 ? new GoneError(message) : new Error(message);
}
