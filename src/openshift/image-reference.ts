/**
 * Image references as registries and OpenShift read them: `[registry[:port]/]path[:tag][@digest]` (grammar:
 * github.com/distribution/reference).
 */

/** Holds the parts of an image reference. */
export interface ImageReference {
  /** Host and port as written; undefined for the default registry. */
  readonly registry: string | undefined;
  /** The path within the registry, such as `team/app`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** Such as `sha256:…`. */
  readonly digest: string | undefined;
}

/** Names the registry of a reference without one. */
export const defaultRegistry = 'docker.io';

/** Limits a repository (registry and path), in characters, as the grammar does. */
export const maxRepositoryLength = 255;

const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/** Limits a reference: repository, tag (128), the longest digest (135) and their separators. */
export const maxReferenceLength = maxRepositoryLength + 1 + 128 + 1 + 135;

/** Returns whether registries and OpenShift accept the text as a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Returns whether the text is a digest of a registered algorithm with its exact number of lower-case hex digits. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** Parses an image reference; undefined if it is invalid. */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > maxReferenceLength) return undefined;
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;

  const lastSlash = named.lastIndexOf('/');
  const colon = named.indexOf(':', lastSlash + 1);
  const repository = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) return undefined;
  if (repository.length > maxRepositoryLength) return undefined;

  const firstSlash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(0, firstSlash));
  const registry = first.includes('.') || first.includes(':') || first === 'localhost' ? first : undefined;
  if (registry !== undefined && !host.test(registry)) return undefined;
  const path = registry === undefined ? repository : repository.slice(firstSlash + 1);
  return pathPattern.test(path) ? { registry, path, tag, digest } : undefined;
}

/** Returns the repository as written in a reference: `registry/path`, or only the path. */
export function repositoryOf(reference: ImageReference): string {
  return reference.registry === undefined ? reference.path : `${reference.registry}/${reference.path}`;
}

/** Returns the registry that a reference is pulled from, by default `defaultRegistry`. */
export function registryOf(reference: ImageReference): string {
  return reference.registry ?? defaultRegistry;
}
