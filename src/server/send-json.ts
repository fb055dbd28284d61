import type { ServerResponse } from 'node:http';

/** A request cannot be answered as a review; the message is for its sender. */
export class RequestError extends Error {
  /** The HTTP status. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Sends a JSON text in one write. */
export function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
