import { X509Certificate, createPrivateKey } from 'node:crypto';
import { canonicalName } from './dns-names.ts';
import { type KeyPair, type Validity, createAuthority, createServingCertificate } from './self-signed.ts';

/** What one certificate says. */
export interface Inspected extends Validity {
  /** The same for the same certificate and no other. */
  readonly id: string;
  /** The hosts and addresses it is for, as `canonicalName` writes them. */
  readonly names: readonly string[];
}

/** Makes certificates and reads them; PEM in and out. */
export interface CertificateMaker {
  createAuthority(validity: Validity): Promise<KeyPair>;
  createLeaf(authority: KeyPair, names: readonly [string, ...string[]], validity: Validity): Promise<KeyPair>;
  /** @throws Error where it is no certificate */
  inspect(cert: string): Inspected;
  /** @throws Error where either cannot be read */
  isKeyOf(key: string, cert: string): boolean;
  isIssuedBy(cert: string, issuer: string): boolean;
}

/** The real thing: ECDSA P-256. */
export const certificateMaker: CertificateMaker = {
  // Each CA has a name of its own: OpenSSL looks for an issuer by its name alone and would take the wrong one of two.
  createAuthority: (validity) =>
    createAuthority(`s2i-incremental-webhook CA ${crypto.randomUUID().slice(0, 8)}`, validity),
  createLeaf: createServingCertificate,
  inspect(cert) {
    const parsed = new X509Certificate(cert);
    return {
      id: parsed.fingerprint256,
      notBefore: parsed.validFromDate.getTime(),
      notAfter: parsed.validToDate.getTime(),
      names: (parsed.subjectAltName ?? '')
        .split(', ')
        .map((entry) => canonicalName(entry.replace(/^(?:DNS|IP Address):/, ''))),
    };
  },
  isKeyOf: (key, cert) => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)),
  isIssuedBy(cert, issuer) {
    const [one, other] = [new X509Certificate(cert), new X509Certificate(issuer)];
    return one.checkIssued(other) && one.verify(other.publicKey);
  },
};
