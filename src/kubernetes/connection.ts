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

/** Describes a request to the API server. */
export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/api/v1/namespaces/web/secrets/certificate`. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** By default JSON. */
  readonly contentType?: string;
  /** Limit of the answer, or of one line of it, in bytes; by default `maxObjectBytes`. */
  readonly maxBytes?: number;
  /** Called with the size of the answer in bytes. */
  readonly onSize?: (bytes: number) => void;
  /** Called with each warning of a successful answer. */
  readonly onWarning?: (text: string) => void;
}

/** Sends requests to an API server as one user. */
export interface Kubernetes {
  /** Its URL. */
  readonly server: string;
  /**
   * Resolves with the JSON answer.
   * @throws ClusterError if the server refuses; TooLargeError; errors of the network or the signal
   */
  request(request: KubernetesRequest, signal: AbortSignal): Promise<unknown>;
  /**
   * Returns the JSON values of a long answer, which has one on each line, as they arrive.
   * @param onOpen called when the answer begins
   * @throws SilentError if nothing came for half a minute; otherwise like `request`
   */
  follow(request: KubernetesRequest, onOpen: () => void, signal: AbortSignal): AsyncIterable<unknown>;
}

/**
 * Loads a kubeconfig file, by default that of $KUBECONFIG, ~/.kube/config or the pod.
 * @throws Error if it names no cluster
 */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (file === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(file);
  serverOf(kubeConfig);
  return kubeConfig;
}

/** Limits an object, in bytes: etcd accepts 1.5 MiB, and a byte that is one there may take six in JSON (`\u0000`). */
export const maxObjectBytes = 12 * 1024 * 1024;

/** Milliseconds of silence after which the server counts as dead; it answers within seconds. */
const longestSilence = 30_000;

/** Holds the options of `connect`. */
export interface ConnectOptions {
  /** The program's version, for the API server's audit log. */
  readonly version?: string;
  /** Milliseconds of silence after which the server counts as dead. */
  readonly silence?: number;
}

/**
 * Sends requests to the current cluster of a kubeconfig. The client library provides credentials and trust, and reads
 * changed files (such as a token) again; its API classes would load a model of every kind.
 * @throws Error if the kubeconfig has no current cluster
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
    // A URL resolves `..` in any name.
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
      // The server may close an idle connection just when it is reused; then it has not received the request.
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
   * The client library keeps one agent with its first certificates, which is right only for a proxy. An agent without
   * certificates takes them from each request and opens a new connection when they change.
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

/** The server was silent for too long: it is dead or has nothing to send. */
export class SilentError extends Error {
  readonly code = 'silent';

  constructor() {
    super('the API server does not answer');
  }
}

/** An idle connection was closed when it was reused. */
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
 * Reads the text of an answer, and aborts it if it is too large.
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
