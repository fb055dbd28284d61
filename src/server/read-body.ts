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

  /**
   * Calls with the body, or with a RequestError where it is too long or compressed, or too much is on its way; with another Error
   * where the caller goes away. No promise: as long as the request lives, which is until its answer is sent, that would keep the body.
   */
  read(incoming: IncomingMessage, onBody: (body: Buffer) => void, onFailure: (error: Error) => void): void {
    const encoding = incoming.headers['content-encoding'] ?? 'identity';
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
        onFailure(new RequestError(503, 'too much is being sent at once; try again'));
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
        onFailure(new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`));
      } else if (length > maxBodyBytes) {
        onFailure(new RequestError(413, `the body is larger than ${maxBodyBytes} bytes`));
      } else onBody(body);
    });
    incoming.on('error', onFailure);
    incoming.on('close', () => {
      if (incoming.complete) return;
      drop();
      onFailure(new Error('the caller went away'));
    });
  }
}
