import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../config/message-of.ts';
import { certificateFiles, loadOrCreateCertificate } from './certificate-files.ts';
import {
  CertificateError,
  type CertificateSource,
  Current,
  type ServingCertificate,
  describeTimeLeft,
} from './certificate-source.ts';
import { startPolling } from '../kubernetes/polling.ts';

/** Describes an event of the certificate folder, for the log. */
export type FileSourceEvent =
  | { readonly kind: 'created'; readonly file: string }
  | { readonly kind: 'serving'; readonly notAfter: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Holds the options of `startFileSource`. */
export interface FileSourceOptions {
  readonly directory: string;
  /** The hosts and addresses of a certificate created here. */
  readonly names: readonly [string, ...string[]];
  /** Returns milliseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds between two reads of the files. */
  readonly interval?: number;
  readonly onEvent: (event: FileSourceEvent) => void;
}

/** The kubelet takes up to a minute to update a Secret's folder; a check costs three small reads. */
const defaultInterval = 10_000;

/**
 * Serves the certificate in a folder, creating it if there is none, and each later one. Files are compared by content,
 * because a mounted Secret changes by a symbolic link. If the pair becomes invalid, the previous certificate stays in
 * use.
 * @throws CertificateError if there is none at the start
 */
export async function startFileSource(options: FileSourceOptions): Promise<CertificateSource> {
  const { directory, names, clock, interval = defaultInterval, onEvent } = options;
  const served = new Current<ServingCertificate>();
  let problem: string | undefined;
  /**
   * The invalid contents of the last read. Only the same contents twice are reported: one read may fall between two
   * writes.
   */
  let suspect: string | undefined;

  const load = async () => {
    const { certificate, created } = await loadOrCreateCertificate(directory, names, clock());
    if (created) onEvent({ kind: 'created', file: join(directory, certificateFiles.ca) });
    return certificate;
  };
  served.set(await load());

  const look = async (): Promise<boolean> => {
    try {
      const file = join(directory, certificateFiles.cert);
      // An empty folder is filled only at the start; later the user has removed the certificate.
      if (!existsSync(file)) throw new CertificateError(`${file} was removed`);
      const certificate = await load();
      problem = suspect = undefined;
      if (certificate.cert === served.value?.cert && certificate.key === served.value.key) return true;
      served.set(certificate);
      onEvent({ kind: 'serving', notAfter: certificate.notAfter });
    } catch (error) {
      const contents = contentsOf(directory);
      if (contents === suspect && problem === undefined) {
        problem = messageOf(error);
        onEvent({ kind: 'failed', error });
      }
      if (contents !== suspect) problem = undefined;
      suspect = contents;
    }
    return true;
  };
  const polling = startPolling(look, () => interval);

  return {
    get current() {
      return served.value;
    },
    onChange: (listener) => served.follow(listener),
    check(now) {
      const timeLeft = (served.value?.notAfter ?? now) - now;
      return {
        ok: timeLeft > 0,
        detail: `${describeTimeLeft(timeLeft)}${problem === undefined ? '' : `; ${problem}`}`,
      };
    },
    close: () => polling.close(),
  };
}

/** Returns the content of the folder's files, to detect changes. */
function contentsOf(directory: string): string {
  return Object.values(certificateFiles)
    .map((file) => {
      try {
        return readFileSync(join(directory, file), 'utf8');
      } catch (error) {
        return String(error);
      }
    })
    .join('\0');
}
