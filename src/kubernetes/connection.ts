import {
  type Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { ClusterError, TooLargeError } from './cluster-error.ts';
import { readJsonLines } from './json-lines.ts';
import { decodeWarnings } from './warning-header.ts';

/** One request to the API server. */
export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** e.g. `/api/v1/namespaces/web/secrets/certificate` */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; JSON where it is not said. */
  readonly contentType?: string;
  /** How long the answer, or one line of it, may be, in bytes; without it `maxObjectBytes`. */
  readonly maxBytes?: number;
  /** Called with the length of the answer in bytes. */
  readonly onSize?: (bytes: number) => void;
  /** Called with each warning of an answer that is no refusal. */
  readonly onWarning?: (text: string) => void;
}

/** An API server as one user sees it. */
export interface Kubernetes {
  /** Its URL. */
  readonly server: string;
  /**
   * Resolves with the JSON it answers.
   * @throws ClusterError where it refuses; TooLargeError; what the network or the signal says otherwise
   */
  request(request: KubernetesRequest, signal: AbortSignal): Promise<unknown>;
  /**
   * The JSON values of an answer that has one a line and may go on for long, each as it arrives.
   * @param onOpen called once the server has begun to answer
   * @throws SilentError where nothing came for half a minute; otherwise as `request`
   */
  follow(request: KubernetesRequest, onOpen: () => void, signal: AbortSignal): AsyncIterable<unknown>;
}

/**
 * What a kubeconfig file says; without one what $KUBECONFIG or ~/.kube/config say, or the pod's own.
 * @throws Error where that names no cluster
 */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (file === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(file);
  serverOf(kubeConfig);
  return kubeConfig;
}

/**
 * Bytes of the largest object, and some: etcd takes requests of 1.5 MiB, and in JSON a character may take six times the
 * room it has there.
 */
export const maxObjectBytes = 12 * 1024 * 1024;

/** A server that says nothing for so long, in milliseconds, is gone: it answers what is asked here within seconds. */
const longestSilence = 30_000;

export interface ConnectOptions {
  /** The program's, for the API server's audit log. */
  readonly version?: string;
  /** Milliseconds without a word after which the server counts as gone. */
  readonly silence?: number;
}

/**
 * Requests to the current cluster of a kubeconfig. The client's part is who we are and whom we trust: files that
 * changed, a token among them, are read anew. Its API classes would load the model of every kind there is.
 * @throws Error where the kubeconfig has no current cluster
 */
export function connect(
  kubeConfig: KubeConfig,
  { version = 'unknown', silence = longestSilence }: ConnectOptions = {},
): Kubernetes {
  const server = serverOf(kubeConfig);
  const keepAlive = new HttpsAgent({ keepAlive: true });

  const open = async (request: KubernetesRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    const { method, path, query = {}, body, contentType = 'application/json', onWarning } = request;
    const url = new URL(server + path);
    // A URL resolves `..`, in whatever name it is.
    if (!url.pathname.endsWith(path)) throw new Error('the path of a request leads elsewhere');
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers: OutgoingHttpHeaders = {
      Accept: 'application/json',
      'User-Agent': `s2i-incremental-webhook/${version}`,
      ...(payload !== undefined && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(payload) }),
    };
    const options: RequestOptions = { method, headers, signal, timeout: silence };
    await kubeConfig.applyToHTTPSOptions(options);
    options.agent = agentFor(options.agent as Agent);
    const incoming = await exchange(url, options, payload).catch((error: unknown) => {
      // The server may close an idle connection just when we use it again; nothing was asked of it then.
      if (method === 'GET' && error instanceof StaleConnectionError) return exchange(url, options, payload);
      throw error;
    });
    const { statusCode: status = 0, headers: answered } = incoming;
    if (status < 200 || status > 299) throw new ClusterError(status, await readText(incoming, maxObjectBytes));
    if (onWarning !== undefined) decodeWarnings(answered.warning ?? '').forEach((warning) => onWarning(warning));
    return incoming;
  };

  const follow = async function* (request: KubernetesRequest, onOpen: () => void, signal: AbortSignal) {
    const incoming = await open(request, signal);
    onOpen();
    yield* readJsonLines(incoming, request.maxBytes ?? maxObjectBytes);
  };

  /**
   * The client makes one agent and keeps it with the certificates it was made with, which is right for a proxy's alone.
   * An agent without any takes them from each request and opens another connection when they have changed.
   */
  const agentFor = (made: Agent): Agent =>
    server.startsWith('https:') && kubeConfig.getCurrentCluster()?.proxyUrl === undefined ? keepAlive : made;

  return {
    server,
    request: async (request, signal) => {
      const text = await readText(await open(request, signal), request.maxBytes ?? maxObjectBytes, request.onSize);
      return JSON.parse(text) as unknown;
    },
    follow,
  };
}

function serverOf(kubeConfig: KubeConfig): string {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('it has no current context with a cluster');
  return server;
}

/** The server has said nothing for too long: it is gone, or has nothing to say. */
export class SilentError extends Error {
  readonly code = 'silent';

  constructor() {
    super('the API server does not answer');
  }
}

/** A connection that had been idle was closed under a request. */
class StaleConnectionError extends Error {
  readonly code = 'stale_connection';
}

/** Resolves with the head of the answer. */
function exchange(url: URL, options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    let answer: IncomingMessage | undefined;
    outgoing.once('response', (incoming: IncomingMessage) => {
      answer = incoming;
      resolve(incoming);
    });
    outgoing.once('timeout', () => (answer ?? outgoing).destroy(new SilentError()));
    outgoing.end(payload);
  });
}

/**
 * The text of an answer; one that is too long is cut off as soon as that shows.
 * @throws TooLargeError
 */
async function readText(
  incoming: IncomingMessage,
  maxBytes: number,
  onSize: (bytes: number) => void = () => undefined,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLargeError(maxBytes);
    chunks.push(chunk);
  }
  onSize(bytes);
  return Buffer.concat(chunks).toString();
}
