import { stringAt } from '../openshift/json.ts';

/** The API server refused a request; its whole answer is no matter for a log. */
export class ClusterError extends Error {
  /** The HTTP status: 404 not found, 409 conflict, … */
  readonly code: number;

  /** @param body of the answer: a Status, whose message is told, as text */
  constructor(code: number, body: string) {
    super(`the API server answered ${code}: ${messageIn(body)}`);
    this.name = 'ClusterError';
    this.code = code;
  }
}

function messageIn(body: string): string {
  try {
    return stringAt(JSON.parse(body), 'message') ?? 'no reason given';
  } catch {
    return 'no reason given';
  }
}

/** The API server answered with more than may be read at once. */
export class TooLargeError extends Error {
  readonly code = 'too_large';

  /** @param limit in bytes */
  constructor(limit: number) {
    super(`the API server answered with more than ${limit} bytes`);
  }
}
