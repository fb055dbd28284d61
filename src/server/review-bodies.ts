import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { measureJson } from './measure-json.ts';
import { RequestError } from './send-json.ts';

/** Limits the bodies of reviews and the memory that they take. */
export interface BodyLimits {
  /** Bytes of one body. */
  readonly body: number;
  /** Nesting of lists and objects. */
  readonly depth: number;
  /** Opening brackets, commas and colons. */
  readonly marks: number;
  /** Bytes of all bodies together, counted with what they take when parsed. */
  readonly total: number;
  /** The part of `total` that is reserved for small bodies. */
  readonly reserved: number;
  /** Bytes up to which a body is small, provided that it counts as at most eight times as much. */
  readonly small: number;
}

const MiB = 1024 * 1024;

/** Sets the limits that a container with 256 MiB can afford. */
export const bodyLimits: BodyLimits = {
  // The API server sends objects of at most 1.5 MiB, two of them in an update.
  body: 3 * MiB,
  // A Build in its review has a depth of about 12.
  depth: 64,
  // A Build with 10,000 variables has 50,000.
  marks: 60_000,
  // A tenth of the container's 256 MiB; the rest of the process takes half. One of the largest bodies, which counts as
  // 17 MiB, fits beside the reserved part.
  total: 24 * MiB,
  // For 140 usual reviews, which count as 50 kB each.
  reserved: 7 * MiB,
  // Ten times a usual review.
  small: 64 * 1024,
};

/** Bytes that are allocated first for a body without Content-Length. API servers send the length. */
const unknownLength = 16 * 1024;

/**
 * Memory that a parsed body takes, in bytes, the most that was measured: for each byte of the body (as received, as
 * text and as parsed strings), and for each mark.
 */
const parsed = { perByte: 4, perMark: 72 };

const noMemory = Buffer.alloc(0);

/** Holds one body and what it counts as, from its first byte until its review is answered. */
interface Claim {
  /** What it counts as. */
  bytes: number;
  isSmall: boolean;
  /** When it began, in milliseconds, and the bytes received since. */
  readonly since: number;
  received: number;
  /** The received bytes. */
  memory: Buffer;
  /** Closes its connection; undefined when it is complete. */
  drop: (() => void) | undefined;
}

/** Reads the bodies of reviews within the limits. If there is no room, the slowest one is dropped. */
export class ReviewBodies {
  readonly #limits: BodyLimits;
  readonly #claims = new Set<Claim>();
  /** Large bodies are parsed and reviewed one per turn of the event loop, so that others are answered in between. */
  #lastLarge: Promise<unknown> = Promise.resolve();

  constructor(limits: BodyLimits = bodyLimits) {
    this.#limits = limits;
  }

  /**
   * Calls `review` with the parsed body. The body counts until that is done and the connection or its answer is closed.
   * @throws RequestError if the body is rejected; another Error if the caller disconnects; what `review` throws
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
    return parseBody(text);
  }

  /**
   * Reads the bytes of a body. One that is too large is read to its end and discarded, because a caller that is still
   * sending would not read an answer.
   */
  async #read(incoming: IncomingMessage, claim: Claim): Promise<Buffer> {
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`);
    }
    const { body: maxLength } = this.#limits;
    // Unused pages take no memory. Keeping many small pieces would take a hundred times as much as the body.
    const expected = Number(incoming.headers['content-length'] ?? unknownLength);
    claim.memory = Buffer.allocUnsafeSlow(Math.min(expected, maxLength));
    // A destroyed request cannot be answered.
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
   * Counts a body as a number of bytes from now on. If they do not fit, incomplete bodies are dropped, the slowest
   * first.
   * @throws RequestError if there is still no room
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

  /** Returns the incomplete body with the lowest rate. */
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

/** Frees a body's memory at once instead of at the next garbage collection. */
function free(claim: Claim): void {
  if (claim.memory !== noMemory) (claim.memory.buffer as ArrayBuffer).transfer(0);
  claim.memory = noMemory;
}

/** @throws RequestError if the body is empty or no JSON */
function parseBody(text: string): unknown {
  if (text === '') throw new RequestError(400, 'the body is empty; POST an AdmissionReview');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RequestError(400, `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
