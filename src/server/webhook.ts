import { setTimeout as delay } from 'node:timers/promises';
import type { Admission, AdmitDependencies } from '../admission/admit.ts';
import type { Recall } from '../admission/start-build.ts';
import type { ScriptCatalog } from '../assemble/catalog.ts';
import type { CertificateSource, ServingCertificate } from '../certificates/certificate-source.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAdmissionApp } from './admission-app.ts';
import { expressMessages } from './express-messages.ts';
import { type RefusedClient, requireClientNames } from './client-names.ts';
import { type Listener, type SecureListener, type TlsIdentity, listenHttp, listenHttps } from './listener.ts';
import { type ReadinessCheck, createOperationsApp } from './operations-app.ts';
import { createScriptsApp } from './scripts-app.ts';

/** Says who may call the HTTPS port. */
export interface ClientPolicy {
  /** Calls with the CAs that callers need a certificate of, PEM, at once and after each change. */
  readonly onChange: (listener: (ca: string) => void) => void;
  /** The allowed common names; empty: any. */
  readonly names: readonly string[];
  readonly onRefused: (client: RefusedClient) => void;
}

/** Holds the options of `startWebhook`. */
export interface WebhookOptions extends Omit<AdmitDependencies, 'scriptsVersion'> {
  /** The program's version, for `/healthz`. */
  readonly version: string;
  /** Undefined: no start of a Build is announced. */
  readonly recall?: Recall;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly scriptsPort: number;
  readonly scripts: ScriptCatalog;
  readonly certificate: CertificateSource;
  /** Undefined: anybody may call. */
  readonly clients?: ClientPolicy;
  /** Called if TLS rejects a new certificate, for example because of a short key; the previous one stays in use. */
  readonly onRenewalFailure?: (error: unknown) => void;
  /** Returns what `/readyz` says about the history. */
  readonly historyDetail: () => string;
  /** Returns what `/readyz` says about delivery of the assemble wrapper. */
  readonly wrapperDetail: () => string;
  readonly metrics: Metrics;
  readonly onAdmission: (request: AdmissionRequest, admission: Admission, milliseconds: number) => void;
}

/** Gives access to a running webhook. */
export interface Webhook {
  /** Resolves when it listens, which needs a certificate; rejects with a ListenError, then nothing is left running. */
  readonly admission: Promise<Listener>;
  readonly operations: Listener;
  readonly scripts: Listener;
  /**
   * Stops the webhook: `/readyz` fails at once, requests are served for `server.shutdownDelay`. Resolves when the last
   * request is answered.
   */
  stop(): Promise<void>;
}

/**
 * Starts the servers for probes and for build pods, and the HTTPS server when there is a certificate. If a port cannot
 * be bound, nothing is left running.
 * @throws ListenError
 */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const { config, host, certificate, metrics, clock } = options;
  let draining = false;
  let listening = false;
  const isDraining = () => draining;

  const checkReadiness = (): readonly ReadinessCheck[] => [
    { name: 'running', ok: listening && !draining, detail: draining ? 'shutting down' : listening ? 'ok' : 'starting' },
    { name: 'certificate', ...certificate.check(clock()) },
    { name: 'history', ok: true, detail: options.historyDetail() },
    { name: 'wrapper', ok: true, detail: options.wrapperDetail() },
  ];

  const starts = [
    listenHttp(createOperationsApp(metrics, checkReadiness, options.version), host, options.opsPort),
    listenHttp(createScriptsApp(options.scripts), host, options.scriptsPort),
  ] as const;
  const [operations, scripts] = await Promise.all(starts).catch(async (error: unknown) => {
    const started = await Promise.allSettled(starts);
    await Promise.all(started.flatMap((start) => (start.status === 'fulfilled' ? [start.value.close()] : [])));
    throw error;
  });

  const app = createAdmissionApp({ ...options, scriptsVersion: options.scripts.version, isDraining });
  const messages = expressMessages(app);
  const secured =
    options.clients === undefined || options.clients.names.length === 0
      ? app
      : requireClientNames(options.clients.names, app, options.clients.onRefused);
  let binding: Promise<SecureListener> | undefined;
  const listenWith = (identity: TlsIdentity) =>
    (binding = listenHttps(secured, identity, host, options.port, { messages }));
  const admission = listenOnce(listenWith, isDraining, options).then(
    (listener) => {
      listening = true;
      return listener;
    },
    async (error: unknown) => {
      await Promise.all([operations.close(), scripts.close()]);
      throw error;
    },
  );
  // The caller may not wait for it, and an unhandled rejection would end the process.
  admission.catch(() => undefined);

  return {
    admission,
    operations,
    scripts,
    async stop() {
      draining = true;
      await delay(config.server.shutdownDelay);
      // A listener that is being bound is awaited.
      const begun = await binding?.catch(() => undefined);
      const listeners = [operations, scripts, ...(begun === undefined ? [] : [begun])];
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** Listens with the first identity, and passes each later one to the listener. */
function listenOnce(
  listenWith: (identity: TlsIdentity) => Promise<SecureListener>,
  isDraining: () => boolean,
  { certificate, clients, metrics, onRenewalFailure = () => undefined }: WebhookOptions,
): Promise<SecureListener> {
  return new Promise((resolve, reject) => {
    let served: ServingCertificate | undefined;
    let clientCa: string | undefined;
    let listener: Promise<SecureListener> | undefined;
    const update = () => {
      if (served === undefined || (clients !== undefined && clientCa === undefined)) return;
      const identity = { cert: served.cert, key: served.key, clientCa };
      if (listener === undefined) {
        // Too late: stopping has counted the listeners.
        if (isDraining()) return;
        listener = listenWith(identity);
        listener.then(resolve, reject);
      } else void listener.then((listening) => listening.renew(identity)).catch(onRenewalFailure);
    };
    clients?.onChange((ca) => {
      clientCa = ca;
      update();
    });
    certificate.onChange((changed) => {
      served = changed;
      metrics.recordCertificate(changed.notAfter);
      update();
    });
  });
}
