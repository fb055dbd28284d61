import type { NamespaceFacts } from '../policy/facts.ts';
import type { FactFailure } from './gather-facts.ts';

/** Tells the labels of namespaces; rejects where they cannot be read within the signal's time. */
export interface NamespaceReader {
  read(name: string, signal: AbortSignal): Promise<NamespaceFacts['labels']>;
}

/** Part of the time left; the rest is for what earlier Builds tell. */
const part = 0.3;

/**
 * Resolves with the labels of a namespace; with none where nobody reads them, or they cannot be read: then the
 * configuration's defaults are used.
 * @param milliseconds until the answer has to be there
 */
export async function readNamespaceLabels(
  reader: NamespaceReader | undefined,
  name: string,
  milliseconds: number,
): Promise<{ readonly labels: NamespaceFacts['labels']; readonly failures: readonly FactFailure[] }> {
  if (reader === undefined) return { labels: {}, failures: [] };
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.floor(milliseconds * part)));
    return { labels: await reader.read(name, signal), failures: [] };
  } catch (error) {
    return { labels: {}, failures: [{ source: 'namespace', error }] };
  }
}
