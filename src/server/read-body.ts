import type { IncomingMessage } from 'node:http';
import { RequestError } from './send-json.ts';

/** The API server sends objects of at most 1.5 MiB, the old and the new one together in an update. */
const maxBodyBytes = 3 * 1024 * 1024;

/** Bytes of bodies that are on their way, all together: 16 of the largest, and little beside what a pod may have. */
const maxBytesOnTheWay = 16 * maxBodyBytes;

/**
 * Reads bodies as they were sent: the API server does not compress. What is too long is read to its end and thrown away,
 * because a caller that is still sending would not see an answer.
 */
export class BodyReader {
  #onTheWay = 0;

  /** @throws RequestError where it is too long or compressed, or too much is on its way; Error where the caller goes away */
  read(incoming: IncomingMessage): Promise<Buffer> {
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
    return new Promise((resolve, reject) => {
      let chunks: Buffer[] = [];
      let [length, kept] = [0, 0];
      const drop = () => {
        this.#onTheWay -= kept;
        kept = 0;
        chunks = [];
      };
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (encoding !== 'identity' || length > maxBodyBytes) drop();
        else if (this.#onTheWay + chunk.length > maxBytesOnTheWay) {
          drop();
          length = Number.POSITIVE_INFINITY;
          reject(new RequestError(503, 'too much is being sent at once; try again'));
        } else {
          this.#onTheWay += chunk.length;
          kept += chunk.length;
          chunks.push(chunk);
        }
      });
      incoming.on('end', () => {
        const [first] = chunks;
        const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
        drop();
        if (encoding !== 'identity') {
          reject(new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`));
        } else if (length > maxBodyBytes) {
          reject(new RequestError(413, `the body is larger than ${maxBodyBytes} bytes`));
        } else resolve(body);
      });
      incoming.on('error', reject);
      incoming.on('close', () => {
        if (incoming.complete) return;
        drop();
        reject(new Error('the caller went away'));
      });
    });
  }
}
