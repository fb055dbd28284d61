/** Limits one key. */
export interface Allowance {
  /** Initial and highest number of tokens. */
  readonly burst: number;
  /** Milliseconds until one more token. */
  readonly refill: number;
}

/** Remembered keys. Beyond that the least recently used half is forgotten, and starts with all tokens again. */
const maxKeys = 4_096;

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch of the last count. */
  at: number;
}

/** Keeps a token bucket for each key. */
export class RateLimit {
  readonly #allowance: Allowance;
  readonly #buckets = new Map<string, Bucket>();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** Takes a token of the key; returns whether there was one. */
  take(key: string, now: number): boolean {
    const { burst, refill } = this.#allowance;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / refill);
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    // Set again, so that the map is ordered by use. A single key is not deleted: a deleted entry takes memory until the
    // map is copied.
    if (this.#buckets.size > 1) this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) this.#forgetHalf();
    return isAllowed;
  }

  /** Half of them at once, because finding a map's first key skips the deleted ones before it. */
  #forgetHalf(): void {
    let forgotten = 0;
    for (const key of this.#buckets.keys()) {
      if ((forgotten += 1) > maxKeys / 2) return;
      this.#buckets.delete(key);
    }
  }
}
