import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf } from '../config/message-of.ts';
import { CertificateError, Current } from './certificate-source.ts';
import { startPolling } from '../kubernetes/polling.ts';
import { splitPem } from './stored-certificates.ts';

/** The CAs that callers' certificates are verified by, now and later. */
export interface ClientAuthority {
  /** Calls with the CAs, PEM, at once and again whenever the file changes. */
  onChange(listener: (ca: string) => void): void;
  close(): Promise<void>;
}

export interface ClientAuthorityOptions {
  readonly file: string;
  /** Milliseconds between two looks at the file. */
  readonly interval?: number;
  /** Told once of each content that is none. */
  readonly onFailure: (error: unknown) => void;
}

/** As for the serving certificate: the kubelet brings a new one within a minute. */
const defaultInterval = 10_000;

/**
 * Reads a file of CA certificates and follows it; what cannot be read leaves the ones before in force.
 * @throws CertificateError where there is nothing to begin with
 */
export function startClientAuthority(options: ClientAuthorityOptions): ClientAuthority {
  const { file, interval = defaultInterval, onFailure } = options;
  const current = new Current<string>();
  let told: string | undefined;
  current.set(readAuthorities(file));
  const polling = startPolling(
    () => {
      try {
        const text = readAuthorities(file);
        told = undefined;
        if (text !== current.value) current.set(text);
      } catch (error) {
        const message = String(error);
        if (message !== told) onFailure(error);
        told = message;
      }
      return true;
    },
    () => interval,
  );
  return { onChange: (listener) => current.follow(listener), close: () => polling.close() };
}

function readAuthorities(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    const certificates = splitPem(text).map((block) => new X509Certificate(block));
    if (certificates.length === 0) throw new Error('it holds no certificate');
    return text;
  } catch (error) {
    const reason = messageOf(error);
    throw new CertificateError(`${file}: cannot be read as CA certificates: ${reason}`, { cause: error });
  }
}
