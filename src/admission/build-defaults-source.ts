import { hasProxy } from '../policy/wrapper.ts';
import type { FactSource } from './gather-facts.ts';

/**
 * Returns a fact source for whether the cluster's BuildDefaults give every build pod a proxy for an address. They
 * change a Build only after its admission.
 * @param defaults those of the cluster; `env` changes when they are read again
 */
export function createBuildDefaultsSource(defaults: { readonly env: readonly unknown[] }, address: string): FactSource {
  return {
    name: 'build defaults',
    gather: (_query, facts) => Promise.resolve({ ...facts, isProxied: hasProxy(defaults.env, address) }),
  };
}
