/**
 * How the base image of a Build is recorded and compared. A base image is given as referenceKeyOf gives it:
 * `Kind/name`.
 */

/**
 * Returns what a Build's record says of its base image: `Kind/name`, with `@digest` where the digest that its tag means
 * is known.
 */
export function recordedBase(base: string, digest: string | undefined): string {
  return digest === undefined ? base : `${tagged(base)}@${digest}`;
}

/**
 * Whether a chain started from another base image than the one that a Build would start from now:
 *
 * | recorded               | now                         | another |
 * | ---------------------- | --------------------------- | ------- |
 * | another name or tag    | any                         | yes     |
 * | the same, no digest    | any                         | no      |
 * | the same, with digest  | its digest is not known     | no      |
 * | the same, with digest  | with the same digest        | no      |
 * | the same, with digest  | with another digest         | yes     |
 *
 * @param digest that the tag of `base` means now; undefined where it is not known, or the base image is named by its
 * digest
 */
export function isOtherBase(recorded: string, base: string, digest: string | undefined): boolean {
  const prefix = recordedBase(base, '');
  if (!recorded.startsWith(prefix)) return recorded !== base;
  return digest !== undefined && recorded !== `${prefix}${digest}`;
}

/** The base image with its tag; without this, `python` with a digest would read like one that is named by it. */
function tagged(base: string): string {
  return /:[^/]*$/.test(base) ? base : `${base}:latest`;
}
