import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../config/message-of.ts';
import { certificateFiles, loadOrCreateCertificate } from './certificate-files.ts';
import {
  CertificateError,
  type CertificateSource,
  Current,
  type ServingCertificate,
  describeRest,
} from './certificate-source.ts';
import { startPolling } from '../kubernetes/polling.ts';

/** An event of the folder, for the log. */
export type FileSourceEvent =
  | { readonly kind: 'created'; readonly file: string }
  | { readonly kind: 'serving'; readonly notAfter: number }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface FileSourceOptions {
  readonly directory: string;
  /** The hosts and addresses of a certificate that is made here. */
  readonly names: readonly [string, ...string[]];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds between two looks at the files. */
  readonly interval?: number;
  readonly onEvent: (event: FileSourceEvent) => void;
}

/** The kubelet itself takes up to a minute to bring a new Secret into its folder; looking costs three small reads. */
const defaultInterval = 10_000;

/**
 * The certificate in a folder, made there if it has none, and whatever takes its place: files are compared by content,
 * because a mounted Secret changes by a symbolic link. A pair that cannot be read or does not belong together leaves
 * the one before in service.
 * @throws CertificateError where there is nothing to begin with
 */
export async function startFileSource(options: FileSourceOptions): Promise<CertificateSource> {
  const { directory, names, clock, interval = defaultInterval, onEvent } = options;
  const served = new Current<ServingCertificate>();
  let problem: string | undefined;
  /** A pair that was read between two writes is bad once; only what is bad twice is told. */
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
      // Only at the start is an empty folder one to be filled: here somebody has taken their certificate away.
      if (!existsSync(file)) throw new CertificateError(`${file} was removed`);
      const certificate = await load();
      problem = suspect = undefined;
      if (certificate.cert === served.value?.cert && certificate.key === served.value.key) return true;
      served.set(certificate);
      onEvent({ kind: 'serving', notAfter: certificate.notAfter });
    } catch (error) {
      const seen = contentsOf(directory);
      if (seen === suspect && problem === undefined) {
        problem = messageOf(error);
        onEvent({ kind: 'failed', error });
      }
      if (seen !== suspect) problem = undefined;
      suspect = seen;
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
      const rest = (served.value?.notAfter ?? now) - now;
      return { ok: rest > 0, detail: `${describeRest(rest)}${problem === undefined ? '' : `; ${problem}`}` };
    },
    close: () => polling.close(),
  };
}

/** All that the folder's files hold, to tell whether they changed. */
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
