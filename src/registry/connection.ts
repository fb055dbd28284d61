import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { RegistryError } from './registry-error.ts';

export interface ConnectionOptions {
  /** What is trusted; undefined: the well-known certificates. */
  readonly secureContext: SecureContext | undefined;
  /** Hosts, with their port, that are asked without TLS. */
  readonly plainHosts: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export interface Request {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  /** Media types. */
  readonly accept: string;
  /** The header with credentials; undefined: none. */
  readonly authorization: string | undefined;
}

export interface Answer {
  /** What answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A token has a few kilobytes; 64 KiB leaves room for those that list every right. */
const maxBody = 64 * 1024;

/** A registry redirects to a mirror once; three leave room for a move of host besides. */
const maxRedirects = 3;

/** The HTTP requests of one question. They share a connection, and none is left to grow stale. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;

  constructor(options: ConnectionOptions) {
    const { secureContext } = options;
    this.#options = options;
    this.#https = new HttpsAgent({ keepAlive: true, ...(secureContext !== undefined && { secureContext }) });
  }

  /**
   * Sends a request and reads the answer to the end. Follows redirects; credentials go to the host that they are for
   * alone.
   * @throws RegistryError `timeout` where the signal aborts; `unreachable`; `unexpected_answer` for too many redirects,
   *   one to a host without TLS that is not named, or too large a body
   */
  async send(request: Request): Promise<Answer> {
    let { url, authorization } = request;
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const answer = await this.#exchange({ ...request, url, authorization });
      const { location } = answer.headers;
      if (answer.status < 301 || answer.status > 308 || location === undefined) return answer;
      const target = URL.parse(location, url.href);
      if (target === null) throw new RegistryError('unexpected_answer', `${url.host} redirects to what is no URL`);
      if (target.origin !== url.origin) authorization = undefined;
      url = target;
    }
    throw new RegistryError('unexpected_answer', `${request.url.host} redirects more than ${maxRedirects} times`);
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #exchange({ method, url, accept, authorization }: Request): Promise<Answer> {
    const { signal, plainHosts } = this.#options;
    const isPlain = url.protocol === 'http:' && plainHosts.has(url.host);
    if (url.protocol !== 'https:' && !isPlain) {
      throw new RegistryError(
        'unexpected_answer',
        `${url.host} is to be asked without TLS, and not in registry.plainHttp`,
      );
    }
    const [send, agent] = isPlain ? [httpRequest, this.#http] : [httpsRequest, this.#https];
    const headers = {
      accept,
      'user-agent': 's2i-incremental-webhook',
      ...(authorization !== undefined && { authorization }),
    };
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        send(url, { method, headers, agent, signal }).once('response', resolve).once('error', reject).end();
      });
      return { url, status: incoming.statusCode ?? 0, headers: incoming.headers, body: await readBody(incoming) };
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      if (signal.aborted) throw new RegistryError('timeout', `${url.host} did not answer in time`);
      throw new RegistryError('unreachable', `${url.host} cannot be reached`, { cause: error });
    }
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the stream.
    if (length > maxBody) throw new RegistryError('unexpected_answer', `an answer is larger than ${maxBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
