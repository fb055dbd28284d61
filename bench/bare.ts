/** The server to compare with: Node's https server, which parses a review and returns a fixed answer. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
let fixed: object = {};

const server = createServer({ cert, key }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString()) as { apiVersion: string; request: { uid: string } };
    const { apiVersion } = review;
    const answer = { apiVersion, kind: 'AdmissionReview', response: { ...fixed, uid: review.request.uid } };
    const text = JSON.stringify(answer);
    response.setHeader('Content-Length', Buffer.byteLength(text)).end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', (response: object) => {
  fixed = response;
  process.send?.('done');
});
