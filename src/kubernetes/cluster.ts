import { ClusterError } from './cluster-error.ts';
import { type Kubernetes, SilentError } from './connection.ts';
import { type JsonObject, arrayAt, isObject, objectAt, stringAt } from '../openshift/json.ts';

/** The resources that are read. OpenShift 3.9 and later serve this group beside the legacy one. */
const apiGroup = '/apis/build.openshift.io/v1';
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

/** The server no longer remembers the resource version that was asked for: everything has to be listed anew. */
export class GoneError extends Error {
  readonly code = 'gone';
}

/** The server is asked to end each watch within ten minutes, at random, so that those of several replicas spread. */
const watchSeconds = () => 300 + Math.floor(Math.random() * 300);

/** The Builds and BuildConfigs behind an API server. */
export function createCluster(kubernetes: Kubernetes): Cluster {
  const read = (path: string, query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal) =>
    kubernetes.request({ method: 'GET', path, query }, signal);

  return {
    server: kubernetes.server,
    async get(resource, namespace, name, signal) {
      try {
        const found = await read(`${pathOf(resource, namespace)}/${encodeURIComponent(name)}`, {}, signal);
        return isObject(found) ? found : undefined;
      } catch (error) {
        if (error instanceof ClusterError && error.code === 404) return undefined;
        throw error;
      }
    },

    async list({ resource, namespace, labelSelector }, limit, next, signal) {
      try {
        const found = await read(pathOf(resource, namespace), { continue: next, labelSelector, limit }, signal);
        const token = stringAt(found, 'metadata', 'continue') ?? '';
        return {
          items: (arrayAt(found, 'items') ?? []).filter(isObject),
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
        // One that is dead is as silent as one where nothing happens; opening it again mends the one and costs the other nothing.
        if (state.isOpen && error instanceof SilentError) return;
        throw error instanceof ClusterError && error.code === 410
          ? new GoneError('the version is too old', { cause: error })
          : error;
      }
    },
  };
}

/** Where the resource is served, in one namespace or in all. */
function pathOf(resource: Resource, namespace: string | undefined): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${apiGroup}${scope}/${resource}`;
}

/** The Status that ends a watch in its own stream. */
function errorOfStatus(status: JsonObject): Error {
  const message = stringAt(status, 'message') ?? 'the watch was ended with an error';
  return status['code'] === 410 ? new GoneError(message) : new Error(message);
}
