import { isIP } from 'node:net';
import type { GenerateResult } from 'selfsigned';

/** Holds a certificate and its private key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Holds the validity of a certificate, in milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Loaded on first use, because most processes create no certificate. */
const load = () => import('selfsigned');

const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** Creates a certificate authority (ECDSA P-256) that may only sign leaf certificates. */
export async function createAuthority(commonName: string, validity: Validity): Promise<KeyPair> {
  const { generate } = await load();
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...common,
    ...datesOf(validity),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return pairOf(made);
}

/** Creates a serving certificate (ECDSA P-256) for DNS names and IP addresses, signed by the authority. */
export async function createServingCertificate(
  authority: KeyPair,
  names: readonly [string, ...string[]],
  validity: Validity,
): Promise<KeyPair> {
  const { generate } = await load();
  const made = await generate([{ name: 'commonName', value: names[0].slice(0, 64) }], {
    ...common,
    ...datesOf(validity),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  return pairOf(made);
}

function datesOf({ notBefore, notAfter }: Validity) {
  return { notBeforeDate: new Date(notBefore), notAfterDate: new Date(notAfter) };
}

function pairOf(made: GenerateResult): KeyPair {
  return { cert: made.cert, key: made.private };
}
