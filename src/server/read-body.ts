import type { IncomingMessage } from 'node:http';
import { RequestError } from './send-json.ts';

/** The API server sends objects of at most 1.5 MiB, the old and the new one together in an update. */
const maxBodyBytes = 3 * 1024 * 1024;

/** Bytes of bodies that are on their way, all together: 16 of the largest, and little beside what a pod may have. */
const maxBytesOnTheWay = 16 * maxBodyBytes;

/** Reads bodies as they were sent: the API server does not compress. */
export class BodyReader {
  #onTheWay = 0;

  /**
   * Resolves with the body. What is too long is read to its end and thrown away: a caller that is still sending would not see an answer.
   * @throws RequestError where the body is too long or compressed, or too much is on its way; another Error where the caller goes away
   */
  async read(incoming: IncomingMessage): Promise<Buffer> {
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    const chunks: Buffer[] = [];
    let [length, kept] = [0, 0];
    try {
      // Destroyed, the request could not be answered.
      for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (encoding !== 'identity' || length > maxBodyBytes) continue;
        if (this.#onTheWay + chunk.length > maxBytesOnTheWay) {
          throw new RequestError(503, 'too much is being sent at once; try again');
        }
        this.#onTheWay += chunk.length;
        kept += chunk.length;
        chunks.push(chunk);
      }
    } finally {
      this.#onTheWay -= kept;
    }
    if (encoding !== 'identity') {
      throw new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`);
    }
    if (length > maxBodyBytes) throw new RequestError(413, `the body is larger than ${maxBodyBytes} bytes`);
    return Buffer.concat(chunks);
  }
}
