import type { IncomingMessage } from 'node:http';
import { TooLargeError } from './cluster-error.ts';

const newline = 0x0a;

/**
 * Returns the JSON values of a body, which has one on each line, as they arrive; an incomplete last line is ignored.
 * @param maxBytes of a line
 * @throws TooLargeError; SyntaxError for invalid JSON; Error if the connection breaks
 */
export async function* readJsonLines(incoming: IncomingMessage, maxBytes: number): AsyncGenerator {
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) throw new TooLargeError(maxBytes);
    parts.push(part);
  };
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString();
      [parts, bytes, start] = [[], 0, end + 1];
      if (line !== '') yield JSON.parse(line) as unknown;
    }
    add(chunk.subarray(start));
  }
}
