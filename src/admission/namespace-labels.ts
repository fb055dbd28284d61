import type { NamespaceFacts } from '../policy/facts.ts';
import type { FactFailure } from './gather-facts.ts';

/** Provides the labels of namespaces; rejects if they cannot be read before the signal aborts. */
export interface NamespaceReader {
  read(name: string, signal: AbortSignal): Promise<NamespaceFacts['labels']>;
}

/** The part of the remaining time in which labels are read; the rest is for the fact sources. */
const readingPart = 0.3;

/**
 * Resolves with the labels of a namespace. Without a reader, or if it fails, there are none: then the defaults of the
 * configuration are used.
 * @param milliseconds until the answer must be sent
 */
export async function readNamespaceLabels(
  reader: NamespaceReader | undefined,
  name: string,
  milliseconds: number,
): Promise<{ readonly labels: NamespaceFacts['labels']; readonly failures: readonly FactFailure[] }> {
  if (reader === undefined) return { labels: {}, failures: [] };
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.floor(milliseconds * readingPart)));
    return { labels: await reader.read(name, signal), failures: [] };
  } catch (error) {
    return { labels: {}, failures: [{ source: 'namespace', error }] };
  }
}
