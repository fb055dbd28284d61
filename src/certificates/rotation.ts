/** When which certificate is replaced: pure, from what is stored and published, and the time. */

/** A CA of the bundle. Times are milliseconds since the epoch. */
export interface Authority {
  readonly id: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether its key is at hand. */
  readonly signs: boolean;
}

export interface Leaf {
  /** The CA of the bundle that signed it; undefined where none did. */
  readonly issuer: string | undefined;
  readonly names: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What the Secret holds. */
export type Stored =
  | { readonly kind: 'absent' | 'unreadable' }
  | { readonly kind: 'certificates'; readonly authorities: readonly Authority[]; readonly leaf: Leaf };

/** A CA in the `caBundle` of the webhook configuration. */
export interface PublishedAuthority extends Omit<Authority, 'signs'> {
  /** Whether it is in the bundle of every webhook there. */
  readonly everywhere: boolean;
}

/** What is to be done next; after it, the plan is asked again. */
export type Step =
  | { readonly kind: 'keep' }
  | { readonly kind: 'create_everything' }
  | { readonly kind: 'drop_authorities'; readonly ids: readonly string[] }
  | { readonly kind: 'adopt_authorities'; readonly ids: readonly string[] }
  | { readonly kind: 'create_leaf' | 'switch_authority'; readonly authority: string }
  | { readonly kind: 'create_next_authority' };

/**
 * A third of its life is left to a certificate when the one after it is made: time to notice and mend what keeps it
 * from that.
 */
const renewAt = 2 / 3;

/**
 * A CA signs from five sixths of its predecessor's life on, having stood beside it for a sixth: until then every
 * replica and every API server has read the bundle. What took a CA's place unprepared keeps others beside it for as
 * long.
 */
const switchAt = 5 / 6;
const settledAt = 1 / 6;

/**
 * Until then such a CA takes in what is published beside it; sooner than it lets go of it, so that two clocks do not
 * disagree.
 */
const adoptUntil = 1 / 10;

/**
 * The first row that fits decides. "Current" is the usable CA (valid now, its key at hand) that signed the leaf, else
 * the newest published one, else the oldest; "next" a usable one that is newer.
 *
 * | stored | condition | step |
 * |---|---|---|
 * | absent, unreadable | | create_everything |
 * | certificates | no CA is usable | create_everything |
 * | certificates | a CA expired, or one without key stands beside a current one past a sixth of its life | drop_authorities |
 * | certificates | a CA is published and not stored, the current one before a tenth of its life | adopt_authorities |
 * | certificates | the leaf is not the current CA's, is for other names, or not valid now | create_leaf |
 * | certificates | the current CA past five sixths, the next one published everywhere | switch_authority |
 * | certificates | the leaf past two thirds, and a new one would live longer | create_leaf |
 * | certificates | the current CA past two thirds, no next one | create_next_authority |
 * | certificates | anything else | keep |
 *
 * Clocks differ. A certificate that is not valid yet counts as not usable, so replicas settle on what the slowest clock
 * made; every certificate's start lies far enough in the past that this takes a clock that is an hour off.
 */
export function planRotation(
  stored: Stored,
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
  // No leaf outlives its CA; one that ends with it gains nothing by being made again.
  if (partOf(leaf, now) >= renewAt && leaf.notAfter < current.notAfter) {
    return { kind: 'create_leaf', authority: current.id };
  }
  if (next === undefined && age >= renewAt) return { kind: 'create_next_authority' };
  return { kind: 'keep' };
}

type Lifetime = Pick<Leaf, 'notBefore' | 'notAfter'>;

function isValid({ notBefore, notAfter }: Lifetime, now: number): boolean {
  return notBefore <= now && now < notAfter;
}

/** How much of its life is over, as a part of one. */
function partOf({ notBefore, notAfter }: Lifetime, now: number): number {
  return (now - notBefore) / (notAfter - notBefore);
}

function hasSameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}
