import type { Cluster, Page, Selection, WatchHandlers } from '../../src/kubernetes/cluster.ts';
import { GoneError } from '../../src/kubernetes/cluster.ts';
import { type JsonObject, at, withValue } from '../../src/openshift/json.ts';
import { labelOf, nameOf, namespaceOf } from '../../src/openshift/metadata.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

interface Change {
  readonly type: EventType;
  readonly version: number;
  readonly object: JsonObject;
}

interface Watcher {
  readonly selection: Selection;
  readonly handlers: WatchHandlers;
  readonly end: (error?: Error) => void;
}

/** An API server's storage and watches in memory. Connections can be cut, and old versions can be forgotten. */
export class FakeCluster implements Cluster {
  readonly server = 'https://fake.example.com';
  readonly #objects = new Map<string, JsonObject>();
  readonly #changes: Change[] = [];
  readonly #watchers = new Set<Watcher>();
  /** The objects at each version of which more than one page was listed. */
  readonly #snapshots = new Map<number, readonly JsonObject[]>();
  #version = 1;
  #forgotten = 0;
  #isReachable = true;

  /** Returns all stored objects. */
  objects(): readonly JsonObject[] {
    return [...this.#objects.values()];
  }

  store(object: JsonObject): JsonObject {
    const key = keyOf(object);
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    const stored = withValue(object, ['metadata', 'resourceVersion'], String(this.#version));
    this.#objects.set(key, stored);
    this.#tell({ type, version: this.#version, object: stored });
    return stored;
  }

  remove(object: JsonObject): void {
    this.#objects.delete(keyOf(object));
    this.#version += 1;
    const last = withValue(object, ['metadata', 'resourceVersion'], String(this.#version));
    this.#tell({ type: 'DELETED', version: this.#version, object: last });
  }

  /** Ends open watches, and lets no request through. */
  cut(): void {
    this.#isReachable = false;
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.end(new Error('connection reset'));
  }

  mend(): void {
    this.#isReachable = true;
  }

  /** Makes all versions before now unknown to watches. */
  forget(): void {
    this.#forgotten = this.#version;
  }

  /** Repeats the last changes, in their order. */
  replay(count: number): void {
    for (const change of this.#changes.slice(-count)) this.#deliver(change);
  }

  get(resource: string, namespace: string, name: string): Promise<JsonObject | undefined> {
    if (!this.#isReachable) return Promise.reject(new Error('connection refused'));
    const within = resource === 'namespaces' ? '' : namespace;
    return Promise.resolve(this.#objects.get(`${resource}/${within}/${name}`));
  }

  list(selection: Selection, limit: number, next: string | undefined): Promise<Page> {
    if (!this.#isReachable) return Promise.reject(new Error('connection refused'));
    // All pages show the objects as they were at the first one.
    const [version = this.#version, from = 0] = next?.split('/').map(Number) ?? [];
    const objects = this.#snapshots.get(version) ?? this.objects();
    const all = objects.filter((object) => isSelected(object, selection));
    const to = from + limit;
    const items = all.slice(from, to);
    if (to < all.length) this.#snapshots.set(version, objects);
    return Promise.resolve({
      items,
      bytes: JSON.stringify(items).length,
      next: to < all.length ? `${version}/${to}` : undefined,
      resourceVersion: String(version),
    });
  }

  async watch(selection: Selection, from: string, handlers: WatchHandlers, signal: AbortSignal): Promise<void> {
    if (!this.#isReachable) throw new Error('connection refused');
    if (Number(from) < this.#forgotten) throw new GoneError('too old resource version');
    const ended = Promise.withResolvers<undefined>();
    const watcher: Watcher = {
      selection,
      handlers,
      end: (error) => (error === undefined ? ended.resolve(undefined) : ended.reject(error)),
    };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => watcher.end(), { once: true });
    handlers.onOpen();
    for (const change of this.#changes) if (change.version > Number(from)) this.#deliver(change, [watcher]);
    try {
      await ended.promise;
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    this.#deliver(change);
  }

  #deliver({ type, object }: Change, watchers: Iterable<Watcher> = this.#watchers): void {
    for (const { selection, handlers } of watchers) {
      // A watch reports an object that is no longer selected as deleted.
      if (isSelected(object, selection)) handlers.onEvent(type, object);
      else if (resourceOf(object) === selection.resource) handlers.onEvent('DELETED', object);
    }
  }
}

function resourceOf(object: JsonObject): string {
  return `${String(object['kind']).toLowerCase()}s`;
}

function keyOf(object: JsonObject): string {
  return `${resourceOf(object)}/${namespaceOf(object)}/${nameOf(object)}`;
}

function isSelected(object: JsonObject, { resource, namespace, labelSelector }: Selection): boolean {
  return (
    resourceOf(object) === resource &&
    (namespace === undefined || at(object, 'metadata', 'namespace') === namespace) &&
    labelSelector
      .split(',')
      .filter((term) => term !== '')
      .every((term) => {
        const [key = '', value] = term.split('=');
        const label = labelOf(object, key);
        return value === undefined ? label !== undefined : label === value;
      })
  );
}
