import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { CertificateFacts, Fact, ProbeResult } from '../check/facts.ts';
import { messageOf } from '../config/message-of.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';

/** Milliseconds that an address may take to answer. */
const patience = 3_000;

/** Asks an address and reports its status; never rejects. */
export async function probe(url: string): Promise<ProbeResult> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: 'manual' });
    await response.body?.cancel();
    return { kind: 'answered', status: response.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { kind: 'failed', why: messageOf(cause) };
  }
}

/** Connects to the webhook's address, trusting only its `caBundle`. */
export function readCertificate(clientConfig: JsonObject | undefined): Promise<Fact<CertificateFacts>> {
  const caBundle = stringAt(clientConfig, 'caBundle') ?? '';
  if (caBundle === '') return Promise.resolve({ kind: 'absent' });
  const { host, port } = addressOf(clientConfig);
  return new Promise((resolve) => {
    const fail = (why: string) => resolve({ kind: 'unknown', why: `${host} cannot be reached from here: ${why}` });
    const socket = connectTls({
      host,
      port,
      // An IP address is no valid server name.
      ...(isIP(host) === 0 && { servername: host }),
      ca: Buffer.from(caBundle, 'base64'),
      timeout: patience,
      // A problem is reported, and nothing is sent.
      rejectUnauthorized: false,
    });
    socket.once('secureConnect', () => {
      const notAfter = Date.parse(socket.getPeerCertificate().valid_to);
      const problem = socket.authorized ? undefined : String(socket.authorizationError);
      resolve({ kind: 'found', value: { problem, notAfter } });
      socket.destroy();
    });
    socket.once('timeout', () => {
      fail('no answer');
      socket.destroy();
    });
    socket.once('error', (error: Error) => fail(error.message));
  });
}

function addressOf(clientConfig: JsonObject | undefined): { readonly host: string; readonly port: number } {
  const service = objectAt(clientConfig, 'service');
  if (service !== undefined) {
    const port = service['port'];
    return {
      host: `${stringAt(service, 'name') ?? ''}.${stringAt(service, 'namespace') ?? ''}.svc`,
      port: typeof port === 'number' ? port : 443,
    };
  }
  const url = new URL(stringAt(clientConfig, 'url') ?? 'https://localhost');
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 443) };
}
