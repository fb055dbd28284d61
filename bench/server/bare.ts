/** What the webhook is compared with: Node's https server that parses a review and answers what it was told to. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../load/channel.ts';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
let fixed: object = {};

const server = createServer({ cert, key }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString()) as { apiVersion: string; request: { uid: string } };
    const answer = JSON.stringify({
      apiVersion: review.apiVersion,
      kind: 'AdmissionReview',
      response: { ...fixed, uid: review.request.uid },
    });
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(answer),
    });
    response.end(answer);
  });
});
const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});

answerParent({
  /** Milliseconds that JSON.parse takes of a body, each time. */
  parse: ({ body, times }: { body: string; times: number }) => {
    const bytes = Buffer.from(body);
    return Array.from({ length: times }, () => {
      const since = performance.now();
      JSON.parse(bytes.toString());
      return performance.now() - since;
    });
  },
  port: () => listening,
  answer: (question: { response: object }) => {
    fixed = question.response;
  },
});
process.once('SIGTERM', () => process.exit(0));
