import type { CertificateMaker } from './certificate-maker.ts';
import type { StoredFacts } from './rotation.ts';
import type { KeyPair } from './self-signed.ts';

/** Holds a CA, PEM; without its key it only verifies. */
export interface StoredAuthority {
  readonly cert: string;
  readonly key: string | undefined;
}

/** Holds the certificates that the replicas share. */
export interface StoredCertificates {
  readonly authorities: readonly StoredAuthority[];
  readonly leaf: KeyPair;
}

/** Holds the data of the Secret, by its keys. No other program writes `ca-keys.pem`, the private keys of the CAs. */
export type SecretData = Readonly<Record<string, string>>;

/** Names the keys of the Secret; `ca.crt` is the whole bundle. */
export const secretKeys = { cert: 'tls.crt', key: 'tls.key', bundle: 'ca.crt', authorityKeys: 'ca-keys.pem' } as const;

/** Returns the data of the Secret. */
export function encodeCertificates({ authorities, leaf }: StoredCertificates): SecretData {
  return {
    [secretKeys.cert]: leaf.cert,
    [secretKeys.key]: leaf.key,
    [secretKeys.bundle]: bundleOf(authorities),
    [secretKeys.authorityKeys]: joinPem(authorities.flatMap(({ key }) => (key === undefined ? [] : [key]))),
  };
}

/** Decodes the Secret's data; undefined if it is incomplete or its parts do not match. */
export function decodeCertificates(data: SecretData, maker: CertificateMaker): StoredCertificates | undefined {
  try {
    const leaf = { cert: data[secretKeys.cert] ?? '', key: data[secretKeys.key] ?? '' };
    maker.inspect(leaf.cert);
    if (!maker.isKeyOf(leaf.key, leaf.cert)) return undefined;
    const keys = splitPem(data[secretKeys.authorityKeys] ?? '');
    const authorities = splitPem(data[secretKeys.bundle] ?? '').map((cert) => {
      maker.inspect(cert);
      return { cert, key: keys.find((key) => maker.isKeyOf(key, cert)) };
    });
    return { authorities, leaf };
  } catch {
    return undefined;
  }
}

/** Returns the facts that the plan needs. */
export function factsOf({ authorities, leaf }: StoredCertificates, maker: CertificateMaker): StoredFacts {
  const issuer = authorities.find(({ cert }) => maker.isIssuedBy(leaf.cert, cert));
  return {
    kind: 'certificates',
    authorities: authorities.map(({ cert, key }) => ({ ...maker.inspect(cert), signs: key !== undefined })),
    leaf: { ...maker.inspect(leaf.cert), issuer: issuer === undefined ? undefined : maker.inspect(issuer.cert).id },
  };
}

/** Returns the bundle that verifies every leaf of these CAs, PEM. */
export function bundleOf(authorities: readonly StoredAuthority[]): string {
  return joinPem(authorities.map(({ cert }) => cert));
}

function joinPem(blocks: readonly string[]): string {
  return blocks.map((block) => `${block.trim()}\n`).join('');
}

/** Returns the blocks of a PEM text without anything between them. */
export function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g) ?? [];
}
