import { X509Certificate, createPrivateKey } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../config/message-of.ts';
import { CertificateError, type ServingCertificate } from './certificate-source.ts';
import { createAuthority, createServingCertificate } from './self-signed.ts';

/** Names the files of a certificate folder, as in a TLS Secret. */
export const certificateFiles = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' } as const;

/** One year, for development; in a cluster the chart provides and renews certificates. */
const developmentValidity = 365 * 24 * 3_600_000;
const developmentAuthority = 's2i-incremental-webhook development CA';

/**
 * Loads the certificate in a folder. If there is none, it creates a CA and a serving certificate for the names, with
 * mode 0600 for `tls.key`; the CA's key is not kept. A certificate created here is replaced after two thirds of its
 * validity, if the folder is writable; other files are never overwritten.
 * @param now milliseconds since the epoch
 * @throws CertificateError
 */
export async function loadOrCreateCertificate(
  directory: string,
  names: readonly [string, ...string[]],
  now: number,
): Promise<{ certificate: ServingCertificate; created: boolean }> {
  const path = (file: keyof typeof certificateFiles) => join(directory, certificateFiles[file]);
  finishWriting(directory);
  const [hasCert, hasKey] = [existsSync(path('cert')), existsSync(path('key'))];
  if (hasCert !== hasKey) {
    const [there, missing] = hasCert ? (['cert', 'key'] as const) : (['key', 'cert'] as const);
    throw new CertificateError(
      `${path(there)} exists, but ${path(missing)} does not: add it, or remove both to create new ones`,
    );
  }
  if (!hasCert && existsSync(path('ca'))) {
    throw new CertificateError(
      `${path('ca')} exists, but no ${certificateFiles.cert} that it signed: add that with its key, or remove it`,
    );
  }
  const present = hasCert ? readCertificate(path('cert'), path('key'), path('ca')) : undefined;
  if (present !== undefined && !isDue(present, now)) return { certificate: present, created: false };
  const certificate = await createDevelopmentCertificate(names, now);
  try {
    writeFiles(directory, certificate);
  } catch (error) {
    // A certificate that should be renewed but is valid is better than none.
    if (present !== undefined && present.notAfter > now) return { certificate: present, created: false };
    throw new CertificateError(
      `${directory}: cannot write the new certificate: ${messageOf(error)}; choose another folder with --cert-dir`,
      { cause: error },
    );
  }
  return { certificate, created: true };
}

/**
 * Creates a CA and a serving certificate for the names, valid from an hour ago (clocks differ) for a year; nothing is
 * stored.
 */
export async function createDevelopmentCertificate(
  names: readonly [string, ...string[]],
  now: number,
): Promise<ServingCertificate> {
  const validity = { notBefore: now - 3_600_000, notAfter: now + developmentValidity };
  const authority = await createAuthority(developmentAuthority, validity);
  const leaf = await createServingCertificate(authority, names, validity);
  return { ...leaf, ca: authority.cert, notAfter: validity.notAfter };
}

function readCertificate(certFile: string, keyFile: string, caFile: string): ServingCertificate {
  try {
    const cert = readFileSync(certFile, 'utf8');
    const key = readFileSync(keyFile, 'utf8');
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another certificate');
    // TLS also rejects other pairs, such as those with short keys.
    createSecureContext({ cert, key });
    return {
      cert,
      key,
      ca: existsSync(caFile) ? readFileSync(caFile, 'utf8') : undefined,
      notAfter: parsed.validToDate.getTime(),
    };
  } catch (error) {
    throw new CertificateError(
      `${certFile}: cannot be read as a certificate with its key ${keyFile}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Returns whether the certificate was created here and two thirds of its validity are over. */
function isDue({ cert }: ServingCertificate, now: number): boolean {
  const { issuer, validFromDate, validToDate } = new X509Certificate(cert);
  const [notBefore, notAfter] = [validFromDate.getTime(), validToDate.getTime()];
  return issuer === `CN=${developmentAuthority}` && now - notBefore >= ((notAfter - notBefore) * 2) / 3;
}

/**
 * The files are written into `partial`, which is then renamed to `whole`, so a killed process never leaves an
 * incomplete certificate.
 */
const [partial, whole] = ['.certificate-partial', '.certificate-whole'];

function writeFiles(directory: string, { cert, key, ca = '' }: ServingCertificate): void {
  const folder = join(directory, partial);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, certificateFiles.ca), ca, { mode: 0o644 });
  writeFileSync(join(folder, certificateFiles.key), key, { mode: 0o600 });
  writeFileSync(join(folder, certificateFiles.cert), cert, { mode: 0o644 });
  renameSync(folder, join(directory, whole));
  finishWriting(directory);
}

/** Moves the files of a complete certificate to their names; there are none unless a process was killed here. */
function finishWriting(directory: string): void {
  const folder = join(directory, whole);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) renameSync(join(folder, file), join(directory, file));
  rmdirSync(folder);
}
