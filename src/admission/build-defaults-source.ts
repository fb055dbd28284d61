import { hasProxy } from '../policy/wrapper.ts';
import type { FactSource } from './gather-facts.ts';

/**
 * Tells whether the cluster's BuildDefaults give every build pod a proxy for an address: that changes a Build only
 * after its admission.
 * @param defaults whose `env` is as last read
 */
export function createBuildDefaultsSource(defaults: { readonly env: readonly unknown[] }, address: string): FactSource {
  return {
    name: 'build defaults',
    gather: (_query, facts) => Promise.resolve({ ...facts, isProxied: hasProxy(defaults.env, address) }),
  };
}
