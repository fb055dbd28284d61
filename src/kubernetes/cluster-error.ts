import { stringAt } from '../openshift/json.ts';

/** The API server refused a request. The message does not contain its whole answer. */
export class ClusterError extends Error {
  /** The HTTP status: 404 not found, 409 conflict, … */
  readonly code: number;

  /** @param body of the answer, a Status; its message is used */
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

/** The API server's answer is larger than may be read. */
export class TooLargeError extends Error {
  readonly code = 'too_large';

  /** @param limit in bytes */
  constructor(limit: number) {
    super(`the API server answered with more than ${limit} bytes`);
  }
}
