/** How much is allowed. */
export interface Allowance {
  /** Tokens a key has at first, and the most it ever has. */
  readonly burst: number;
  /** Milliseconds until a key has one token more. */
  readonly refill: number;
}

/** Keys that are remembered; of more, the half that was not used for longest is forgotten, and then starts anew. */
const maxKeys = 4_096;

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch when the tokens were counted. */
  at: number;
}

/** A token bucket for each key. */
export class RateLimit {
  readonly #allowance: Allowance;
  readonly #buckets = new Map<string, Bucket>();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** Whether the key may have one more now; if so, it is taken. */
  take(key: string, now: number): boolean {
    const { burst, refill } = this.#allowance;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / refill);
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    // Put in anew, so that the map is in the order of use. One that is alone stays: what is deleted takes memory until
    // the map is copied.
    if (this.#buckets.size > 1) this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) this.#forgetHalf();
    return isAllowed;
  }

  /** Many at once: to find the first key, a map walks over those that were deleted before it. */
  #forgetHalf(): void {
    let forgotten = 0;
    for (const key of this.#buckets.keys()) {
      if ((forgotten += 1) > maxKeys / 2) return;
      this.#buckets.delete(key);
    }
  }
}
