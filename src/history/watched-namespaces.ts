import type { Cluster } from '../kubernetes/cluster.ts';
import { Reflector, type ReflectorEvent } from '../kubernetes/reflector.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf, nameOf } from '../openshift/metadata.ts';
import type { NamespaceFacts } from '../policy/facts.ts';

type NamespaceLabels = NamespaceFacts['labels'];

/** Our labels of each namespace that has the one that opts in, whatever its value. */
class NamespaceIndex {
  readonly #labels = new Map<string, NamespaceLabels>();

  set(namespace: JsonObject): void {
    this.#labels.set(nameOf(namespace), labelsOf(namespace));
  }

  remove(namespace: JsonObject): void {
    this.#labels.delete(nameOf(namespace));
  }

  get(name: string): NamespaceLabels {
    return this.#labels.get(name) ?? {};
  }
}

function labelsOf(namespace: JsonObject): NamespaceLabels {
  return Object.fromEntries(Object.values(labels).map((key) => [key, labelOf(namespace, key)]));
}

/** Labels of namespaces from a watch; while that is not open, the API server is asked instead. */
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
    /** Resolves with those of our labels that the namespace has; none unless it has the one that opts in. */
    async read(name: string, signal: AbortSignal): Promise<NamespaceLabels> {
      if (namespaces.isCurrent) return namespaces.index.get(name);
      const namespace = await cluster.get('namespaces', name, name, signal);
      return namespace === undefined || labelOf(namespace, labels.enabled) === undefined ? {} : labelsOf(namespace);
    },

    /** Watches until the signal aborts. */
    run: (signal: AbortSignal): Promise<void> => namespaces.run(signal),
  };
}
