import { parseImageReference } from '../openshift/image-reference.ts';
import type { FactSource } from './gather-facts.ts';

/**
 * Tells whether an image is in its registry, and its digest; `unknown` where no answer can be had within the signal's
 * time.
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
 * Makes a fact source of whether the previous image is still there. It goes after the history, which names that image.
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

/** Makes a fact source of the digest that the tag of a base image means; a base image by digest is not asked for. */
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
