import { ClusterError, TooLargeError } from './cluster-error.ts';
import { type Kubernetes, SilentError, maxObjectBytes } from './connection.ts';
import { type JsonObject, arrayAt, isObject, objectAt, stringAt } from '../openshift/json.ts';
import { isNamespaceName, isObjectName } from '../openshift/metadata.ts';

/** The resources that are read. OpenShift 3.9 and later serve this group beside the legacy one. */
const apiGroup = '/apis/build.openshift.io/v1';
export type Resource = 'builds' | 'buildconfigs' | 'namespaces';

/** One page of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Its length as the server sent it. */
  readonly bytes: number;
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
  /** The object, or undefined where there is none; of a Namespace, `namespace` is its name too. */
  get(resource: Resource, namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  /**
   * One page.
   * @param limit objects at most
   * @param next of the page before; undefined: the first
   * @throws TooLargeError where it is longer than a page may be, but for one of a single object; GoneError
   */
  list(selection: Selection, limit: number, next: string | undefined, signal: AbortSignal): Promise<Page>;
  /**
   * Reports changes after a resource version, `onOpen` once the server has begun to; resolves when the server ends it.
   * @throws GoneError where the server does not remember that version
   */
  watch(selection: Selection, resourceVersion: string, handlers: WatchHandlers, signal: AbortSignal): Promise<void>;
}

/** How much is asked for at once. */
export interface PageSizes {
  /** Objects on the first page. */
  readonly first: number;
  /** Objects on any page. */
  readonly most: number;
  /** Bytes that pages are to have. */
  readonly aim: number;
  /** Bytes at which a page of several objects is cut off. */
  readonly limit: number;
}

export const defaultPageSizes: PageSizes = {
  // Twice the Builds that OpenShift keeps of a BuildConfig by default.
  first: 20,
  // What kubectl asks for.
  most: 500,
  // A hundred Builds: parsed in a few milliseconds, in which nobody else is served, and gone with the next minor
  // collection.
  aim: 512 * 1024,
  // Twenty Builds of 200 KiB each, which is large. Parsed, it is a few times that.
  limit: 4 * 1024 * 1024,
};

/**
 * All pages of a list, one after another. How many objects a page has follows from how large those before were; a page
 * that turns out to be too large is asked for again with fewer.
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

export interface WatchHandlers {
  readonly onOpen: () => void;
  /** `BOOKMARK` events carry a resource version and nothing else. */
  readonly onEvent: (type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: JsonObject) => void;
}

/** The server no longer remembers the resource version that was asked for: everything has to be listed anew. */
export class GoneError extends Error {
  readonly code = 'gone';
}

/** The server is asked to end each watch within ten minutes, at random, so that those of several replicas spread. */
const watchSeconds = () => 300 + Math.floor(Math.random() * 300);

/** The Builds and BuildConfigs behind an API server. */
export function createCluster(
  kubernetes: Kubernetes,
  { limit: maxPageBytes }: Pick<PageSizes, 'limit'> = defaultPageSizes,
): Cluster {
  return {
    server: kubernetes.server,
    async get(resource, namespace, name, signal) {
      // No object has another name, and in a path it could lead elsewhere.
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
        // One that is dead is as silent as one where nothing happens; opening it again mends the one and costs the
        // other nothing.
        if (state.isOpen && error instanceof SilentError) return;
        throw error instanceof ClusterError && error.code === 410
          ? new GoneError('the version is too old', { cause: error })
          : error;
      }
    },
  };
}

/**
 * Where the resource is served, in one namespace or in all.
 * @throws Error for what can be no name of a namespace
 */
function pathOf(resource: Resource, namespace: string | undefined): string {
  if (resource === 'namespaces') return '/api/v1/namespaces';
  if (namespace === undefined) return `${apiGroup}/${resource}`;
  if (!isNamespaceName(namespace)) throw new Error('the namespace has a name that none can have');
  return `${apiGroup}/namespaces/${namespace}/${resource}`;
}

/** The Status that ends a watch in its own stream. */
function errorOfStatus(status: JsonObject): Error {
  const message = stringAt(status, 'message') ?? 'the watch was ended with an error';
  return status['code'] === 410 ? new GoneError(message) : new Error(message);
}
