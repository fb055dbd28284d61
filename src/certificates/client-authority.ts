import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf } from '../config/message-of.ts';
import { CertificateError, Current } from './certificate-source.ts';
import { startPolling } from '../kubernetes/polling.ts';
import { splitPem } from './stored-certificates.ts';

/** Provides the CAs that callers' certificates are verified with. */
export interface ClientAuthority {
  /** Calls with the CAs, PEM, at once and whenever the file changes. */
  onChange(listener: (ca: string) => void): void;
  close(): Promise<void>;
}

/** Holds the options of `startClientAuthority`. */
export interface ClientAuthorityOptions {
  readonly file: string;
  /** Milliseconds between two reads of the file. */
  readonly interval?: number;
  /** Called once for each invalid content. */
  readonly onFailure: (error: unknown) => void;
}

/** As for the serving certificate: the kubelet updates the file within a minute. */
const defaultInterval = 10_000;

/**
 * Reads a file of CA certificates at intervals; if it becomes invalid, the previous CAs stay in use.
 * @throws CertificateError if it is invalid at the start
 */
export function startClientAuthority(options: ClientAuthorityOptions): ClientAuthority {
  const { file, interval = defaultInterval, onFailure } = options;
  const current = new Current<string>();
  let reported: string | undefined;
  current.set(readAuthorities(file));
  const polling = startPolling(
    () => {
      try {
        const text = readAuthorities(file);
        reported = undefined;
        if (text !== current.value) current.set(text);
      } catch (error) {
        const message = String(error);
        if (message !== reported) onFailure(error);
        reported = message;
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
