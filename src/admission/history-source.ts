import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import type { FactSource } from './gather-facts.ts';

/** Provides the history of a BuildConfig; `unavailable` if there is nothing to read it from. */
export interface BuildHistory {
  /** Rejects if reading fails. */
  read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory | 'unavailable'>;
}

/** Returns a fact source for the history. */
export function createHistorySource(history: BuildHistory): FactSource {
  return {
    name: 'history',
    gather: async (query, facts, signal) => ({ ...facts, history: await history.read(query, signal) }),
  };
}
