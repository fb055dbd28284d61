import { setTimeout as delay } from 'node:timers/promises';
import type { Admission, AdmitDependencies } from '../admission/admit.ts';
import type { ServingCertificate } from '../certificates/certificate-files.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { ScriptCatalog } from '../assemble/catalog.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAdmissionApp } from './admission-app.ts';
import { type Listener, listenHttp, listenHttps } from './listener.ts';
import { type ReadinessCheck, createOperationsApp } from './operations-app.ts';
import { createScriptsApp } from './scripts-app.ts';

export interface WebhookOptions extends Omit<AdmitDependencies, 'scriptsVersion'> {
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly scriptsPort: number;
  readonly scripts: ScriptCatalog;
  readonly certificate: ServingCertificate;
  /** What `/readyz` says of the history, e.g. where it is read from. */
  readonly historyDetail: () => string;
  readonly metrics: Metrics;
  readonly onAdmission: (request: AdmissionRequest, admission: Admission, milliseconds: number) => void;
}

/** A running webhook. */
export interface Webhook {
  readonly admission: Listener;
  readonly operations: Listener;
  readonly scripts: Listener;
  /** Not ready at once, serves on for `server.shutdownDelay`, then resolves when the last request is answered. */
  stop(): Promise<void>;
}

/**
 * Starts all servers; if one cannot be bound, none is left running.
 * @throws ListenError
 */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const { config, host, certificate, metrics, clock } = options;
  let draining = false;
  const isDraining = () => draining;

  const checkReadiness = (): readonly ReadinessCheck[] => {
    const days = Math.floor((certificate.notAfter - clock()) / 86_400_000);
    return [
      { name: 'running', ok: !draining, detail: draining ? 'shutting down' : 'ok' },
      { name: 'certificate', ok: certificate.notAfter > clock(), detail: days < 0 ? 'expired' : `${days} days left` },
      { name: 'history', ok: true, detail: options.historyDetail() },
    ];
  };

  metrics.recordCertificate(certificate.notAfter);
  const scriptsVersion = options.scripts.version;
  const starts = [
    listenHttps(createAdmissionApp({ ...options, scriptsVersion, isDraining }), certificate, host, options.port),
    listenHttp(createOperationsApp(metrics, checkReadiness), host, options.opsPort),
    listenHttp(createScriptsApp(options.scripts), host, options.scriptsPort),
  ] as const;
  const [admission, operations, scripts] = await Promise.all(starts).catch(async (error: unknown) => {
    const started = await Promise.allSettled(starts);
    await Promise.all(started.flatMap((start) => (start.status === 'fulfilled' ? [start.value.close()] : [])));
    throw error;
  });

  return {
    admission,
    operations,
    scripts,
    async stop() {
      draining = true;
      await delay(config.server.shutdownDelay);
      await Promise.all([admission, operations, scripts].map((listener) => listener.close()));
    },
  };
}
