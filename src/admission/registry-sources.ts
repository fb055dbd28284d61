import { parseImageReference } from '../openshift/image-reference.ts';
import type { FactSource } from './gather-facts.ts';

/**
 * Says whether an image is in its registry, and its digest; `unknown` if there is no answer before the signal aborts.
 */
export interface ImageRegistry {
  check(
    image: string,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'present'; readonly digest: string }
    | { readonly kind: 'missing' }
    | { readonly kind: 'unknown'; readonly error: Error }
  >;
}

/**
 * Returns a fact source for whether the registry has the previous image. It must follow the history, which names the
 * image.
 */
export function createPreviousImageSource(registry: ImageRegistry): FactSource {
  return {
    name: 'previousImage',
    gather: async (_query, facts, signal) => {
      const previous = facts.history === 'unavailable' ? undefined : facts.history?.previous;
      if (previous === undefined) return facts;
      const answer = await registry.check(previous.image, signal);
      if (answer.kind === 'unknown') throw answer.error;
      return { ...facts, previousImage: answer.kind };
    },
  };
}

/**
 * Returns a fact source for the digest that the tag of a base image has now; nothing is asked about a base image by
 * digest.
 */
export function createBaseDigestSource(registry: ImageRegistry): FactSource {
  return {
    name: 'baseDigest',
    gather: async ({ base }, facts, signal) => {
      const reference = base === undefined ? undefined : parseImageReference(base);
      if (base === undefined || reference === undefined || reference.digest !== undefined) return facts;
      const answer = await registry.check(base, signal);
      if (answer.kind === 'unknown') throw answer.error;
      return answer.kind === 'present' ? { ...facts, baseDigest: answer.digest } : facts;
    },
  };
}
