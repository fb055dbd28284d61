import { generate } from 'selfsigned';
import type { KeyPair } from '../../src/certificates/self-signed.ts';

/** Creates a client certificate with common names, valid for an hour. */
export async function createClientCertificate(authority: KeyPair, ...names: readonly string[]): Promise<KeyPair> {
  const made = await generate(
    names.map((value) => ({ name: 'commonName', value })),
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() - 60_000),
      notAfterDate: new Date(Date.now() + 3_600_000),
      ca: authority,
      extensions: [{ name: 'extKeyUsage', clientAuth: true }],
    },
  );
  return { cert: made.cert, key: made.private };
}
