/**
 * This file plans when certificates are replaced. It is pure: the plan depends on what is stored and published, and on
 * the time. "Published" means: in the `caBundle` of the webhook configuration. The leaf is the serving certificate.
 */

/** Describes a CA of the bundle. Times are milliseconds since the epoch. */
export interface Authority {
  readonly id: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether its key is known. */
  readonly signs: boolean;
}

/** Describes the serving certificate. Times are milliseconds since the epoch. */
export interface Leaf {
  /** The CA of the bundle that signed it; undefined if none did. */
  readonly issuer: string | undefined;
  readonly names: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Describes the content of the Secret. */
export type StoredFacts =
  | { readonly kind: 'absent' | 'unreadable' }
  | { readonly kind: 'certificates'; readonly authorities: readonly Authority[]; readonly leaf: Leaf };

/** Describes a CA in the `caBundle` of the webhook configuration. */
export interface PublishedAuthority extends Omit<Authority, 'signs'> {
  /** Whether the bundle of every webhook has it. */
  readonly everywhere: boolean;
}

/** Names the next step; after it, the plan is made again. */
export type Step =
  | { readonly kind: 'keep' }
  | { readonly kind: 'create_everything' }
  | { readonly kind: 'drop_authorities'; readonly ids: readonly string[] }
  | { readonly kind: 'adopt_authorities'; readonly ids: readonly string[] }
  | { readonly kind: 'create_leaf' | 'switch_authority'; readonly authority: string }
  | { readonly kind: 'create_next_authority' };

/** A certificate is replaced when a third of its validity is left: time to notice and fix a failure. */
const renewAt = 2 / 3;

/**
 * The next CA signs after five sixths of the current one's validity. By then it has been in the bundle for a sixth, so
 * every replica and API server has read it. If CAs were lost, the new CA keeps the published ones in the bundle for a
 * sixth of its own validity.
 */
const switchAt = 5 / 6;
const settledAt = 1 / 6;

/**
 * A CA that replaced lost ones adopts published ones until a tenth of its validity is over. That is well before it
 * drops them, so that a replica whose clock is slow does not adopt what another one dropped.
 */
const adoptUntil = 1 / 10;

/**
 * Returns the next step. The first row that fits decides. "Current" is the usable CA (valid now, with its key) that
 * signed the leaf, else the newest published one, else the oldest; "next" is a newer usable one.
 *
 * | stored | condition | step |
 * |---|---|---|
 * | absent, unreadable | | create_everything |
 * | certificates | no CA is usable | create_everything |
 * | certificates | a CA expired, or one has no key and the current one is past a sixth of its validity | drop_authorities |
 * | certificates | a published CA is not stored, and the current one is before a tenth of its validity | adopt_authorities |
 * | certificates | the leaf is not the current CA's, is for other names, or not valid now | create_leaf |
 * | certificates | the current CA is past five sixths, and the next one is published everywhere | switch_authority |
 * | certificates | the leaf is past two thirds, and a new one would be valid longer | create_leaf |
 * | certificates | the current CA is past two thirds, and there is no next one | create_next_authority |
 * | certificates | anything else | keep |
 *
 * Clocks differ. A certificate that is not valid yet is not usable, so replicas settle on those that are valid by the
 * slowest clock. This matters only if a clock is an hour wrong, because certificates are valid from an hour ago.
 */
export function planRotation(
  stored: StoredFacts,
  names: readonly string[],
  published: readonly PublishedAuthority[],
  now: number,
): Step {
  if (stored.kind !== 'certificates') return { kind: 'create_everything' };
  const { authorities, leaf } = stored;
  const isPublished = ({ id }: Authority) => published.some((authority) => authority.id === id && authority.everywhere);

  const usable = authorities
    .filter((authority) => authority.signs && isValid(authority, now))
    .sort((one, other) => one.notBefore - other.notBefore || one.notAfter - other.notAfter);
  const current = usable.find(({ id }) => id === leaf.issuer) ?? usable.findLast(isPublished) ?? usable[0];
  if (current === undefined) return { kind: 'create_everything' };
  const next = usable[usable.indexOf(current) + 1];
  const age = partOf(current, now);

  const dropped = authorities.filter(({ notAfter, signs }) => notAfter <= now || (!signs && age >= settledAt));
  if (dropped.length > 0) return { kind: 'drop_authorities', ids: dropped.map(({ id }) => id) };

  const missing = published.filter(
    (authority) => isValid(authority, now) && authorities.every(({ id }) => id !== authority.id),
  );
  if (missing.length > 0 && age < adoptUntil) return { kind: 'adopt_authorities', ids: missing.map(({ id }) => id) };

  const isFit = leaf.issuer === current.id && hasSameNames(leaf.names, names) && isValid(leaf, now);
  if (!isFit) return { kind: 'create_leaf', authority: current.id };
  if (next !== undefined && age >= switchAt && isPublished(next)) {
    return { kind: 'switch_authority', authority: next.id };
  }
  // No leaf outlives its CA, so renewing one that ends with it gains nothing.
  if (partOf(leaf, now) >= renewAt && leaf.notAfter < current.notAfter) {
    return { kind: 'create_leaf', authority: current.id };
  }
  if (next === undefined && age >= renewAt) return { kind: 'create_next_authority' };
  return { kind: 'keep' };
}

type Validity = Pick<Leaf, 'notBefore' | 'notAfter'>;

function isValid({ notBefore, notAfter }: Validity, now: number): boolean {
  return notBefore <= now && now < notAfter;
}

/** Returns the part of its validity that is over, from 0 to 1. */
function partOf({ notBefore, notAfter }: Validity, now: number): number {
  return (now - notBefore) / (notAfter - notBefore);
}

function hasSameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}
