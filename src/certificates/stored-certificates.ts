import type { CertificateMaker } from './certificate-maker.ts';
import type { Stored } from './rotation.ts';
import type { KeyPair } from './self-signed.ts';

/** A CA, PEM; without its key it only verifies. */
export interface StoredAuthority {
  readonly cert: string;
  readonly key: string | undefined;
}

/** All that the replicas share. */
export interface StoredCertificates {
  readonly authorities: readonly StoredAuthority[];
  readonly leaf: KeyPair;
}

/** The data of the Secret: key → text. The keys of the CAs have a name that no other program gives its own. */
export type SecretData = Readonly<Record<string, string>>;

/** The keys of the Secret; `ca.crt` is the whole bundle. */
export const secretKeys = { cert: 'tls.crt', key: 'tls.key', bundle: 'ca.crt', authorityKeys: 'ca-keys.pem' } as const;

export function encodeCertificates({ authorities, leaf }: StoredCertificates): SecretData {
  return {
    [secretKeys.cert]: leaf.cert,
    [secretKeys.key]: leaf.key,
    [secretKeys.bundle]: bundleOf(authorities),
    [secretKeys.authorityKeys]: joinPem(authorities.flatMap(({ key }) => (key === undefined ? [] : [key]))),
  };
}

/** Reads the Secret's data; undefined where it is not whole, or its parts do not belong together. */
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

/** What the plan has to know of the certificates. */
export function factsOf({ authorities, leaf }: StoredCertificates, maker: CertificateMaker): Stored {
  const issuer = authorities.find(({ cert }) => maker.isIssuedBy(leaf.cert, cert));
  return {
    kind: 'certificates',
    authorities: authorities.map(({ cert, key }) => ({ ...maker.inspect(cert), signs: key !== undefined })),
    leaf: { ...maker.inspect(leaf.cert), issuer: issuer === undefined ? undefined : maker.inspect(issuer.cert).id },
  };
}

/** What verifies every leaf of these CAs, PEM. */
export function bundleOf(authorities: readonly StoredAuthority[]): string {
  return joinPem(authorities.map(({ cert }) => cert));
}

function joinPem(blocks: readonly string[]): string {
  return blocks.map((block) => `${block.trim()}\n`).join('');
}

/** The blocks of a PEM text; whatever stands between them is left out. */
export function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g) ?? [];
}
