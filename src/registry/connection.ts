import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { RegistryError } from './registry-error.ts';

/** Holds the options of a connection. */
export interface ConnectionOptions {
  /** The trusted certificates; undefined: the well-known ones. */
  readonly secureContext: SecureContext | undefined;
  /** Hosts, with their port, that are called without TLS. */
  readonly plainHosts: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Describes a request to a registry. */
export interface Request {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  /** Media types. */
  readonly accept: string;
  /** The header with credentials; undefined: none. */
  readonly authorization: string | undefined;
}

/** Holds a registry's answer. */
export interface Answer {
  /** The URL after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Bytes; a token has a few kilobytes, more if it lists every right. */
const maxBody = 64 * 1024;

/** A registry redirects to a mirror once; three allow for a change of host too. */
const maxRedirects = 3;

/**
 * Sends the HTTP requests of one lookup over one connection, which is closed afterwards so that it cannot become stale.
 */
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
   * Sends a request and reads the whole answer. Follows redirects, and sends credentials only to their own host.
   * @throws RegistryError `timeout` if the signal aborts; `unreachable`; `unexpected_answer` for too many redirects,
   * one to a host without TLS that is not configured, or too large a body
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
