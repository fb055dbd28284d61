import { setTimeout as delay } from 'node:timers/promises';
import type { Admission, AdmitDependencies } from '../admission/admit.ts';
import type { ServingCertificate } from '../certificates/certificate-files.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAdmissionApp } from './admission-app.ts';
import { type Listener, listenHttp, listenHttps } from './listener.ts';
import { type ReadinessCheck, createOperationsApp } from './operations-app.ts';

export interface WebhookOptions extends AdmitDependencies {
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
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
  /** Not ready at once, serves on for `server.shutdownDelay`, then resolves when the last request is answered. */
  stop(): Promise<void>;
}

/**
 * Starts both servers; if one cannot be bound, neither is left running.
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
  const admission = await listenHttps(createAdmissionApp({ ...options, isDraining }), certificate, host, options.port);
  const operations = await listenHttp(createOperationsApp(metrics, checkReadiness), host, options.opsPort).catch(
    async (error: unknown) => {
      await admission.close();
      throw error;
    },
  );

  return {
    admission,
    operations,
    async stop() {
      draining = true;
      await delay(config.server.shutdownDelay);
      await Promise.all([admission.close(), operations.close()]);
    },
  };
}
