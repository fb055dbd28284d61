import { hostname } from 'node:os';
import { createCertificateCluster } from '../certificates/certificate-cluster.ts';
import { certificateMaker } from '../certificates/certificate-maker.ts';
import type { CertificateSource } from '../certificates/certificate-source.ts';
import { startClientAuthority } from '../certificates/client-authority.ts';
import { type FileSourceEvent, startFileSource } from '../certificates/file-source.ts';
import { SecretSource, type SecretSourceEvent } from '../certificates/secret-source.ts';
import type { CertificateConfig } from '../config/config.ts';
import type { Kubernetes } from '../kubernetes/connection.ts';
import type { ClientPolicy } from '../server/webhook.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Starts the certificate source that is configured: a Secret shared by all replicas, else a folder.
 * @param directory undefined: `certs`
 * @throws CertificateError if the folder cannot be used
 */
export async function startCertificateSource(
  directory: string | undefined,
  { secret, webhookConfiguration, life, authorityLife }: CertificateConfig,
  kubernetes: Kubernetes | undefined,
  logger: Logger,
): Promise<CertificateSource> {
  if (secret === undefined || kubernetes === undefined) {
    return startFileSource({
      directory: directory ?? 'certs',
      names: ['localhost', '127.0.0.1', '::1', hostname()],
      clock: Date.now,
      onEvent: (event) => logFileEvent(event, logger),
    });
  }
  const source = new SecretSource({
    cluster: createCertificateCluster({ kubernetes, secret, webhookConfiguration }),
    maker: certificateMaker,
    periods: { life, authorityLife },
    clock: Date.now,
    onEvent: (event) => logSecretEvent(event, logger),
  });
  source.start(Math.random);
  return source;
}

/**
 * Returns which clients may call, as the options say.
 * @throws CertificateError if the file cannot be used
 */
export function watchClients(
  file: string,
  { clientNames }: { readonly clientNames: readonly string[] },
  logger: Logger,
): ClientPolicy & { close(): Promise<void> } {
  const authority = startClientAuthority({
    file,
    onFailure: (error) => logger.warn({ error }, 'client CA file cannot be used, keeping the previous CA'),
  });
  return {
    ...authority,
    names: clientNames,
    onRefused: ({ names, address }) => logger.warn({ names, address }, 'refused a caller: client name not allowed'),
  };
}

function logFileEvent(event: FileSourceEvent, logger: Logger): void {
  switch (event.kind) {
    case 'created':
      logger.info({ ca: event.file }, 'created a self-signed certificate');
      break;
    case 'serving':
      logger.info({ notAfter: timeOf(event.notAfter) }, 'serving a new certificate');
      break;
    case 'failed':
      logger.warn({ error: event.error }, 'certificate files cannot be used, keeping the previous certificate');
      break;
  }
}

function logSecretEvent(event: SecretSourceEvent, logger: Logger): void {
  switch (event.kind) {
    case 'rotated':
      logger.info({ steps: event.steps }, 'rotated certificates');
      break;
    case 'published':
      logger.info('published the CA bundle');
      break;
    case 'serving':
      logger.info({ notAfter: timeOf(event.notAfter) }, 'serving a new certificate');
      break;
    case 'failed':
      logger.warn({ error: event.error }, 'certificate reconciliation failed');
      break;
    case 'recovered':
      logger.info('certificate reconciliation recovered');
      break;
  }
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
