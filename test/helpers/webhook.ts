import type { Recall } from '../../src/admission/start-build.ts';
import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { after, before } from 'node:test';
import { createScriptCatalog } from '../../src/assemble/catalog.ts';
import type { Admission } from '../../src/admission/admit.ts';
import type { FactSource } from '../../src/admission/gather-facts.ts';
import { type BuildHistory, createHistorySource } from '../../src/admission/history-source.ts';
import type { PatchOperation } from '../../src/admission/review.ts';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import {
  type CertificateSource,
  type ServingCertificate,
  createFixedSource,
} from '../../src/certificates/certificate-source.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { createMemoryHistory } from '../../src/history/memory-history.ts';
import type { JsonObject } from '../../src/openshift/json.ts';
import type { Listener } from '../../src/server/listener.ts';
import { type ClientPolicy, type Webhook, startWebhook } from '../../src/server/webhook.ts';
import { type Metrics, createMetrics } from '../../src/telemetry/metrics.ts';

/** The time of the tests' webhooks. */
export const testNow = Date.parse('2026-01-31T12:00:00Z');

let certificate: Promise<ServingCertificate> | undefined;

/** Returns one certificate for all webhooks of a test process, because creating one takes a while. */
export function testCertificate(): Promise<ServingCertificate> {
  certificate ??= createDevelopmentCertificate(['localhost', '127.0.0.1'], Date.now());
  return certificate;
}

export interface TestWebhookOptions {
  /** YAML */
  readonly config?: string;
  readonly environment?: Record<string, string>;
  /** Returns the existing Builds and BuildConfigs. */
  readonly objects?: () => Iterable<JsonObject>;
  readonly history?: BuildHistory;
  /** Asked after the history. */
  readonly moreFactSources?: readonly FactSource[];
  readonly clock?: () => number;
  readonly metrics?: Metrics;
  /** Instead of the shared certificate. */
  readonly certificate?: CertificateSource;
  readonly clients?: ClientPolicy;
  readonly recall?: Recall;
  readonly onRenewalFailure?: (error: unknown) => void;
  /** The HTTPS port; by default a free one. */
  readonly port?: number;
  readonly onAdmission?: (admission: Admission) => void;
}

export interface TestWebhook extends Omit<Webhook, 'admission'> {
  readonly admission: Listener;
  readonly ca: string;
  post(body: string | Buffer | object, options?: PostOptions): Promise<Answer>;
}

export interface PostOptions {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A test's context; registered functions run after the test. */
export interface Cleanup {
  after(run: () => Promise<void>): void;
}

/** Provides a webhook for all tests of the suite that calls this; the result is for use in those tests. */
export function suiteWebhook(options: TestWebhookOptions = {}): () => TestWebhook {
  let webhook: TestWebhook | undefined;
  before(async () => {
    webhook = await startTestWebhook({ after: () => undefined }, options);
  });
  after(() => webhook?.stop());
  return () => {
    if (webhook === undefined) throw new Error('the suite has not started');
    return webhook;
  };
}

/** Starts a real webhook on free loopback ports, perhaps without a certificate yet; it is stopped after the test. */
export async function startUncertainWebhook(cleanup: Cleanup, options: TestWebhookOptions = {}): Promise<Webhook> {
  const config = parseConfig(
    options.config ?? '',
    options.environment ?? { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0' },
  );
  const webhook = await startWebhook({
    config,
    version: '0.0.0-test',
    host: '127.0.0.1',
    port: options.port ?? 0,
    opsPort: 0,
    scriptsPort: 0,
    scripts: createScriptCatalog(config.assemble.profiles),
    certificate: options.certificate ?? createFixedSource(await testCertificate()),
    ...(options.clients !== undefined && { clients: options.clients }),
    ...(options.recall !== undefined && { recall: options.recall }),
    ...(options.onRenewalFailure !== undefined && { onRenewalFailure: options.onRenewalFailure }),
    factSources: [
      createHistorySource(options.history ?? createMemoryHistory(options.objects ?? (() => []))),
      ...(options.moreFactSources ?? []),
    ],
    historyDetail: () => 'test',
    wrapperDetail: () => 'test',
    issuedTags: new IssuedTags(),
    clock: options.clock ?? (() => testNow),
    metrics: options.metrics ?? createMetrics(),
    onAdmission: (_request, admission) => options.onAdmission?.(admission),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= webhook.stop());
  cleanup.after(stop);
  return { ...webhook, stop };
}

/** Starts a real webhook on free loopback ports; it is stopped after the test. */
export async function startTestWebhook(cleanup: Cleanup, options: TestWebhookOptions = {}): Promise<TestWebhook> {
  const webhook = await startUncertainWebhook(cleanup, options);
  const admission = await webhook.admission;
  const ca = (await testCertificate()).ca ?? '';
  return {
    ...webhook,
    admission,
    ca,
    post: (body, postOptions) =>
      send(`${admission.url}${postOptions?.path ?? '/mutate?timeout=3s'}`, ca, body, postOptions),
  };
}

/** Sends one request on its own connection and reads the whole answer. */
export async function send(
  url: string,
  ca: string,
  body: string | Buffer | object,
  options: PostOptions = {},
): Promise<Answer> {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = request(url, {
    method: options.method ?? 'POST',
    ca,
    servername: 'localhost',
    agent: false,
    headers: { 'Content-Type': 'application/json', ...options.headers },
  });
  outgoing.end(payload);
  return readAnswer(outgoing);
}

/** Reads the whole answer to a request. */
export async function readAnswer(outgoing: ClientRequest): Promise<Answer> {
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

/** Returns the operations in an AdmissionReview's patch; empty if there is none. */
export function patchIn(text: string): readonly PatchOperation[] {
  const { response } = JSON.parse(text) as { response: { patch?: string } };
  return response.patch === undefined
    ? []
    : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as PatchOperation[]);
}
