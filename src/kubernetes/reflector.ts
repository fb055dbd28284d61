import { type JsonObject, stringAt } from '../openshift/json.ts';
import { type Cluster, GoneError, type Selection, listPages } from './cluster.ts';

/** What objects are folded into. */
export interface Index {
  set(object: JsonObject): void;
  remove(object: JsonObject): void;
}

/** An event of a reflector, for the log. */
export type ReflectorEvent =
  | { readonly kind: 'synced'; readonly selection: Selection; readonly objects: number }
  | { readonly kind: 'interrupted'; readonly selection: Selection; readonly error: unknown; readonly retryIn: number };

export interface ReflectorOptions<I extends Index> {
  readonly cluster: Cluster;
  readonly selection: Selection;
  /** @param before whose place the new one takes; undefined: it is the first */
  readonly createIndex: (before: I | undefined) => I;
  readonly onEvent: (event: ReflectorEvent) => void;
  /** Told of each object before it goes into an index, with what was known until then. */
  readonly onObject?: (object: JsonObject, known: I) => void;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
}

/**
 * Milliseconds after a watch has opened until it counts as up to date: what happened while none was open comes first,
 * and the server does not say when it is through.
 */
const settling = 200;

/** A watch that ended sooner than this, in milliseconds, is not opened again at once. */
const shortestWatch = 1_000;

/** Milliseconds between attempts: doubled from the first to the last, each cut by up to half at random. */
const backoff = { first: 500, last: 30_000 } as const;

/**
 * Keeps an index of the objects of a selection as the cluster has them: lists them page by page, then watches, and
 * lists anew when the server no longer remembers where the watch was.
 */
export class Reflector<I extends Index> {
  readonly #options: ReflectorOptions<I>;
  #index: I;
  #isCurrent = false;

  constructor(options: ReflectorOptions<I>) {
    this.#options = options;
    this.#index = options.createIndex(undefined);
  }

  /** What is known: complete and up to date while `isCurrent`. */
  get index(): I {
    return this.#index;
  }

  /** Whether a watch is open: everything was listed, and every change since is told as it happens. */
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
   * Lists everything into a new index; resolves with its version. The old one is let go before: nobody asks it while no
   * watch is open, and there is not always room for two.
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

/** As a call, because the compiler takes a signal that was read once for settled. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Resolves after so many milliseconds, or at once when the signal aborts. */
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
