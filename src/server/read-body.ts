import type { IncomingMessage } from 'node:http';
import { RequestError } from './send-json.ts';

/** The API server sends objects of at most 1.5 MiB, the old and the new one together in an update. */
const maxBodyBytes = 3 * 1024 * 1024;

/**
 * The body of a request, as it was sent: the API server does not compress. What is too long is read to its end and thrown
 * away, because a caller that is still sending would not see an answer.
 * @throws RequestError where it is too long or compressed; Error where the caller goes away
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  const isEncoded = encoding !== 'identity';
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (!isEncoded && length <= maxBodyBytes) chunks.push(chunk);
    });
    incoming.on('end', () => {
      if (isEncoded) reject(new RequestError(415, `unsupported content encoding ${JSON.stringify(encoding)}`));
      else if (length > maxBodyBytes) {
        reject(new RequestError(413, `the body is larger than ${maxBodyBytes} bytes`));
      } else {
        const [first] = chunks;
        resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length));
      }
    });
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new Error('the caller went away'));
    });
  });
}
