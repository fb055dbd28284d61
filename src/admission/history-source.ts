import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import type { FactSource } from './gather-facts.ts';

/** Tells what earlier Builds of a BuildConfig left behind; `unavailable` where there is nowhere to read it from. */
export interface BuildHistory {
  /** Rejects where reading fails. */
  read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory | 'unavailable'>;
}

/** Makes the history a fact source. */
export function createHistorySource(history: BuildHistory): FactSource {
  return {
    name: 'history',
    gather: async (query, facts, signal) => ({ ...facts, history: await history.read(query, signal) }),
  };
}
