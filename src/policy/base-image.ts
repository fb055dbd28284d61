/**
 * This file records and compares the base image of a Build, written as `referenceKeyOf` returns it: `Kind/name`.
 */

/** Returns the base image as a Build records it: `Kind/name`, with `@digest` if the digest of its tag is known. */
export function recordedBase(base: string, digest: string | undefined): string {
  return digest === undefined ? base : `${tagged(base)}@${digest}`;
}

/**
 * Returns whether a chain started from another base image than the one a Build would start from now.
 *
 * | recorded               | now                         | another |
 * | ---------------------- | --------------------------- | ------- |
 * | another name or tag    | any                         | yes     |
 * | the same, no digest    | any                         | no      |
 * | the same, with digest  | its digest is not known     | no      |
 * | the same, with digest  | with the same digest        | no      |
 * | the same, with digest  | with another digest         | yes     |
 *
 * @param digest the digest that the tag of `base` has now; undefined if unknown, or if `base` names a digest itself
 */
export function isOtherBase(recorded: string, base: string, digest: string | undefined): boolean {
  const prefix = recordedBase(base, '');
  if (!recorded.startsWith(prefix)) return recorded !== base;
  return digest !== undefined && recorded !== `${prefix}${digest}`;
}

/** Adds the default tag; otherwise `python` with a recorded digest would equal a base image named by that digest. */
function tagged(base: string): string {
  return /:[^/]*$/.test(base) ? base : `${base}:latest`;
}
