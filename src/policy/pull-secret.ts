import { parseImageReference, registryOf } from '../openshift/image-reference.ts';

/** Holds what the pull Secret of the previous image depends on. All Secrets are in the Build's namespace. */
export interface PullSecretRequest {
  /** The previous image. */
  readonly image: string;
  /** The base image that it replaces. */
  readonly replaced: string | undefined;
  /** The annotation of the BuildConfig. */
  readonly annotated: string | undefined;
  readonly configured: string;
  /** The Build's pull Secret, which is for the replaced base image. */
  readonly current: string | undefined;
  /** Where the Build is pushed, and its push Secret. */
  readonly output: string | undefined;
  readonly pushSecret: string | undefined;
}

/**
 * Returns the Secret to pull the previous image with; undefined: none, then the platform finds one. The first row that
 * fits:
 *
 * | condition                                                            | Secret             |
 * | -------------------------------------------------------------------- | ------------------ |
 * | annotated on the BuildConfig                                         | the annotated one  |
 * | configured                                                           | the configured one |
 * | the replaced image is in the same registry, the Build has a Secret   | that Secret        |
 * | the output is in the same registry                                   | the push Secret    |
 * | otherwise                                                            | none               |
 */
export function choosePullSecret(request: PullSecretRequest): string | undefined {
  if (request.annotated !== undefined) return request.annotated;
  if (request.configured !== '') return request.configured;
  const registry = registryOfText(request.image);
  if (registry === undefined) return undefined;
  if (registryOfText(request.replaced) === registry && request.current !== undefined) return request.current;
  return registryOfText(request.output) === registry ? request.pushSecret : undefined;
}

function registryOfText(text: string | undefined): string | undefined {
  const reference = text === undefined ? undefined : parseImageReference(text);
  return reference === undefined ? undefined : registryOf(reference);
}
