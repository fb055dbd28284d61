import { X509Certificate, createPrivateKey } from 'node:crypto';
import { canonicalName } from './dns-names.ts';
import { type KeyPair, type Validity, createAuthority, createServingCertificate } from './self-signed.ts';

/** Holds the content of a certificate. */
export interface CertificateInfo extends Validity {
  /** Identifies the certificate. */
  readonly id: string;
  /** Its hosts and addresses, as `canonicalName` returns them. */
  readonly names: readonly string[];
}

/** Creates and inspects certificates in PEM. */
export interface CertificateMaker {
  createAuthority(validity: Validity): Promise<KeyPair>;
  createLeaf(authority: KeyPair, names: readonly [string, ...string[]], validity: Validity): Promise<KeyPair>;
  /** @throws Error if it is no certificate */
  inspect(cert: string): CertificateInfo;
  /** @throws Error if either cannot be read */
  isKeyOf(key: string, cert: string): boolean;
  isIssuedBy(cert: string, issuer: string): boolean;
}

/** Creates ECDSA P-256 certificates. */
export const certificateMaker: CertificateMaker = {
  // Each CA has its own name: OpenSSL finds an issuer only by name, and would choose the wrong one of two.
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
