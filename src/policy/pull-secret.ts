import { parseImageReference, registryOf } from '../openshift/image-reference.ts';

/** What the Secret to pull the previous image with depends on; names of Secrets in the Build's namespace. */
export interface PullSecretRequest {
  /** The image that is pulled now. */
  readonly image: string;
  /** The base that it replaces. */
  readonly replaced: string | undefined;
  /** The BuildConfig's annotation. */
  readonly annotated: string | undefined;
  readonly configured: string;
  /** What the Build has for the base that is replaced. */
  readonly current: string | undefined;
  /** Where the Build is pushed, and with what. */
  readonly output: string | undefined;
  readonly pushSecret: string | undefined;
}

/**
 * The Secret to pull the previous image with; undefined: none, so that the platform finds one by itself. The first row
 * that fits:
 *
 * | condition                                        | Secret              |
 * | ------------------------------------------------ | ------------------- |
 * | annotated on the BuildConfig                     | the annotated one   |
 * | configured                                       | the configured one  |
 * | the replaced base is in the same registry and has one | what is there  |
 * | the output is in the same registry               | the push secret     |
 * | otherwise                                        | none                |
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
