import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { measureJson } from './measure-json.ts';
import { RequestError } from './send-json.ts';

/** What bodies may take of memory, in bytes. */
export interface BodyLimits {
  /** One body. */
  readonly body: number;
  /** Lists and objects in one another. */
  readonly depth: number;
  /** Brackets that open, commas and colons. */
  readonly marks: number;
  /** All bodies together, as they are counted. */
  readonly total: number;
  /** The part of that which is left to small bodies. */
  readonly reserved: number;
  /** A body is small up to so many bytes, and as long as it is counted as eight times as many at most. */
  readonly small: number;
}

const MiB = 1024 * 1024;

export const bodyLimits: BodyLimits = {
  // The API server sends objects of at most 1.5 MiB, the old and the new one together in an update.
  body: 3 * MiB,
  // A Build in its review is about 12 deep.
  depth: 64,
  // A Build with 10,000 variables has 50,000.
  marks: 60_000,
  // A tenth of the 256 MiB of a container, of which the rest of the process takes half. One of the largest bodies,
  // which counts as 17 MiB, fits beside what is reserved.
  total: 24 * MiB,
  // For 140 usual reviews, which count as 50 kB each.
  reserved: 7 * MiB,
  // Ten times a usual review.
  small: 64 * 1024,
};

/** Bytes of a body whose length is not told: more than usual ones have. API servers tell it. */
const unknownLength = 16 * 1024;

/**
 * Bytes for each byte of a text, as it came and as text and as parsed strings; and for each mark, the most that was
 * measured.
 */
const parsed = { perByte: 4, perMark: 72 };

const noMemory = Buffer.alloc(0);

/** What one body is counted as, from its first byte until its review is answered. */
interface Claim {
  bytes: number;
  isSmall: boolean;
  /** Milliseconds, when it began, and bytes that came since. */
  readonly since: number;
  received: number;
  /** What has come of it is written here. */
  memory: Buffer;
  /** Closes its connection; undefined once it is whole. */
  drop: (() => void) | undefined;
}

/**
 * Reads the bodies of reviews, which together take no more memory than the limits allow. Where there is no room, the
 * one that comes slowest is dropped.
 */
export class ReviewBodies {
  readonly #limits: BodyLimits;
  readonly #claims = new Set<Claim>();
  /** Large bodies are parsed and reviewed one in a turn of the event loop, so that others are answered in between. */
  #lastLarge: Promise<unknown> = Promise.resolve();

  constructor(limits: BodyLimits = bodyLimits) {
    this.#limits = limits;
  }

  /**
   * Calls with the parsed body, which counts until that is over and the connection or its answer is closed.
   * @throws RequestError where the body cannot be taken; another Error where the caller goes away; what `review` throws
   */
  async with(
    incoming: IncomingMessage,
    closed: Promise<unknown>,
    review: (body: unknown) => Promise<void>,
  ): Promise<void> {
    const claim: Claim = {
      memory: noMemory,
      bytes: 0,
      isSmall: true,
      since: performance.now(),
      received: 0,
      drop: () => void incoming.destroy(),
    };
    this.#claims.add(claim);
    try {
      await review(await this.#take(incoming, claim));
    } finally {
      free(claim);
      void closed.then(() => this.#claims.delete(claim));
    }
  }

  async #take(incoming: IncomingMessage, claim: Claim): Promise<unknown> {
    const body = await this.#read(incoming, claim);
    claim.drop = undefined;
    const { depth, marks } = measureJson(body, this.#limits);
    if (depth > this.#limits.depth) throw new RequestError(400, `the body is nested deeper than ${this.#limits.depth}`);
    if (marks > this.#limits.marks) throw new RequestError(413, 'the body has too many values');
    this.#resize(claim, parsed.perByte * body.length + parsed.perMark * marks);
    if (!claim.isSmall) await (this.#lastLarge = this.#lastLarge.then(() => setImmediate()));
    const text = body.toString();
    free(claim);
    return parseJson(text);
  }

  /** What is too long is read to its end and thrown away: a caller that is still sending would not see an answer. */
  async #read(incoming: IncomingMessage, claim: Claim): Promise<Buffer> {
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`);
    }
    const { body: maxLength } = this.#limits;
    // Pages that nothing is written to take no memory. Kept as pieces, each of a byte, a body would take a hundred
    // times as much.
    const expected = Number(incoming.headers['content-length'] ?? unknownLength);
    claim.memory = Buffer.allocUnsafeSlow(Math.min(expected, maxLength));
    // Destroyed, the request could not be answered.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const at = claim.received;
      claim.received += chunk.length;
      if (claim.received > maxLength) {
        free(claim);
        this.#resize(claim, 0);
        continue;
      }
      if (claim.received > claim.memory.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(maxLength, 2 * claim.received));
        claim.memory.copy(larger, 0, 0, at);
        free(claim);
        claim.memory = larger;
      }
      chunk.copy(claim.memory, at);
      this.#resize(claim, claim.received);
    }
    if (claim.received > maxLength) throw new RequestError(413, `the body is larger than ${maxLength} bytes`);
    return claim.memory.subarray(0, claim.received);
  }

  /**
   * Counts a body as so many bytes from now on; where they do not fit, unfinished ones are dropped, the slowest first.
   * @throws RequestError where there is no room even so
   */
  #resize(claim: Claim, bytes: number): void {
    const { total, reserved, small } = this.#limits;
    claim.bytes = bytes;
    claim.isSmall = claim.received <= small && bytes <= 8 * small;
    while (this.#count('all') > total || (!claim.isSmall && this.#count('large') > total - reserved)) {
      const slowest = this.#slowest(claim.isSmall);
      if (slowest === undefined || slowest === claim) {
        claim.bytes = 0;
        throw new RequestError(503, 'too much is being sent at once; try again');
      }
      slowest.bytes = 0;
      slowest.drop?.();
      slowest.drop = undefined;
    }
  }

  /** Returns the counted bytes of all bodies, or of the large ones. */
  #count(which: 'all' | 'large'): number {
    let bytes = 0;
    for (const claim of this.#claims) if (which === 'all' || !claim.isSmall) bytes += claim.bytes;
    return bytes;
  }

  /** The unfinished body that came slowest so far. */
  #slowest(orSmall: boolean): Claim | undefined {
    const now = performance.now();
    const rate = ({ received, since }: Claim) => received / (now - since + 1);
    let slowest: Claim | undefined;
    for (const claim of this.#claims) {
      if (claim.drop === undefined || (claim.isSmall && !orSmall)) continue;
      if (slowest === undefined || rate(claim) < rate(slowest)) slowest = claim;
    }
    return slowest;
  }
}

/** Frees a body's memory at once, rather than when the garbage collector comes by. */
function free(claim: Claim): void {
  if (claim.memory !== noMemory) (claim.memory.buffer as ArrayBuffer).transfer(0);
  claim.memory = noMemory;
}

/** @throws RequestError */
function parseJson(text: string): unknown {
  if (text === '') throw new RequestError(400, 'the body is empty; POST an AdmissionReview');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RequestError(400, `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
