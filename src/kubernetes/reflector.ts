import { type JsonObject, stringAt } from '../openshift/json.ts';
import { type Cluster, GoneError, type Selection, listPages } from './cluster.ts';

/** Keeps the part of each object that is needed. */
export interface Index {
  set(object: JsonObject): void;
  remove(object: JsonObject): void;
}

/** Describes an event of a reflector, for the log. */
export type ReflectorEvent =
  | { readonly kind: 'synced'; readonly selection: Selection; readonly objects: number }
  | { readonly kind: 'interrupted'; readonly selection: Selection; readonly error: unknown; readonly retryIn: number };

/** Holds the options of a reflector. */
export interface ReflectorOptions<I extends Index> {
  readonly cluster: Cluster;
  readonly selection: Selection;
  /** @param before the index to replace; undefined at first */
  readonly createIndex: (before: I | undefined) => I;
  readonly onEvent: (event: ReflectorEvent) => void;
  /** Called for each object before it is set in the index. */
  readonly onObject?: (object: JsonObject, known: I) => void;
  /** Returns a number from 0 to 1, for jitter. */
  readonly random: () => number;
}

/**
 * Milliseconds from the opening of a watch until it counts as current: missed events come first, and the server does
 * not say when they end.
 */
const settling = 200;

/** Milliseconds; a watch that ended sooner is not reopened at once. */
const shortestWatch = 1_000;

/** Milliseconds between attempts: doubled each time, and shortened by up to half at random. */
const backoff = { first: 500, last: 30_000 } as const;

/**
 * Keeps an index of the selected objects up to date, like the reflector of client-go: it lists them in pages, then
 * watches them, and lists again if the server no longer has the version from which the watch would continue.
 */
export class Reflector<I extends Index> {
  readonly #options: ReflectorOptions<I>;
  #index: I;
  #isCurrent = false;

  constructor(options: ReflectorOptions<I>) {
    this.#options = options;
    this.#index = options.createIndex(undefined);
  }

  /** Complete and up to date while `isCurrent`. */
  get index(): I {
    return this.#index;
  }

  /** Whether everything was listed and a watch is open. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { selection, onEvent, random } = this.#options;
    let resourceVersion: string | undefined;
    let attempt = 0;
    while (!signal.aborted) {
      try {
        resourceVersion ??= await this.#list(signal);
        const opened = performance.now();
        const onSettled = () => (attempt = 0);
        await this.#watch(resourceVersion, signal, onSettled, (version) => (resourceVersion = version));
        if (performance.now() - opened < shortestWatch) await pause(shortestWatch * (1 - random() / 2), signal);
      } catch (error) {
        if (isAborted(signal)) return;
        if (error instanceof GoneError) resourceVersion = undefined;
        const retryIn = Math.round(Math.min(backoff.first * 2 ** attempt, backoff.last) * (1 - random() / 2));
        attempt += 1;
        onEvent({ kind: 'interrupted', selection, error, retryIn });
        await pause(retryIn, signal);
      }
    }
  }

  /**
   * Lists everything into a new index; resolves with its version. The old index is released first: it is not read while
   * no watch is open, and memory may not suffice for two.
   */
  async #list(signal: AbortSignal): Promise<string> {
    const { cluster, selection, createIndex, onEvent, onObject } = this.#options;
    this.#index = createIndex(this.#index);
    let objects = 0;
    let version = '';
    for await (const { items, resourceVersion } of listPages(cluster, selection, signal)) {
      for (const object of items) {
        onObject?.(object, this.#index);
        this.#index.set(object);
      }
      objects += items.length;
      version = resourceVersion;
    }
    onEvent({ kind: 'synced', selection, objects });
    return version;
  }

  async #watch(
    from: string,
    signal: AbortSignal,
    onSettled: () => void,
    onVersion: (version: string) => void,
  ): Promise<void> {
    const { cluster, selection, onObject } = this.#options;
    let settled: NodeJS.Timeout | undefined;
    try {
      await cluster.watch(
        selection,
        from,
        {
          onOpen: () => {
            settled = setTimeout(() => {
              this.#isCurrent = true;
              onSettled();
            }, settling);
          },
          onEvent: (type, object) => {
            if (type === 'DELETED') this.#index.remove(object);
            else if (type !== 'BOOKMARK') {
              onObject?.(object, this.#index);
              this.#index.set(object);
            }
            const version = stringAt(object, 'metadata', 'resourceVersion');
            if (version !== undefined) onVersion(version);
          },
        },
        signal,
      );
    } finally {
      clearTimeout(settled);
      this.#isCurrent = false;
    }
  }
}

/** A function, because TypeScript assumes that `signal.aborted` does not change. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Resolves after a number of milliseconds, or when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
