import type { Cluster } from '../kubernetes/cluster.ts';
import { Reflector, type ReflectorEvent } from '../kubernetes/reflector.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { NamespaceFacts } from '../policy/facts.ts';
import { namespaceDefaultsOf } from '../policy/opt-in.ts';

type NamespaceLabels = NamespaceFacts['labels'];

/** Keeps the webhook's labels of each namespace that has the opt-in label, with any value. */
class NamespaceIndex {
  readonly #labels = new Map<string, NamespaceLabels>();

  set(namespace: JsonObject): void {
    this.#labels.set(nameOf(namespace), namespaceDefaultsOf(namespace));
  }

  remove(namespace: JsonObject): void {
    this.#labels.delete(nameOf(namespace));
  }

  get(name: string): NamespaceLabels {
    return this.#labels.get(name) ?? {};
  }
}

/** Provides the labels of namespaces from a watch; while it is not open, the API server is asked. */
export function createWatchedNamespaces(
  cluster: Cluster,
  onEvent: (event: ReflectorEvent) => void,
  random: () => number,
) {
  const namespaces = new Reflector({
    cluster,
    onEvent,
    random,
    selection: { resource: 'namespaces', labelSelector: labels.enabled },
    createIndex: () => new NamespaceIndex(),
  });
  return {
    /** Resolves with the webhook's labels of the namespace; none without the opt-in label. */
    async read(name: string, signal: AbortSignal): Promise<NamespaceLabels> {
      if (namespaces.isCurrent) return namespaces.index.get(name);
      return namespaceDefaultsOf(await cluster.get('namespaces', name, name, signal));
    },

    /** Returns the same without I/O; undefined while the watch is not open. */
    recall: (name: string): NamespaceLabels | undefined =>
      namespaces.isCurrent ? namespaces.index.get(name) : undefined,

    /** Watches until the signal aborts. */
    run: (signal: AbortSignal): Promise<void> => namespaces.run(signal),
  };
}
