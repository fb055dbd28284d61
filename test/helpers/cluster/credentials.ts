import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type KeyPair, createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';

/** The CA and the certificates of a test cluster's servers and users, in one folder. */
export interface Credentials {
  /** The CA, PEM. */
  readonly ca: string;
  readonly files: {
    readonly ca: string;
    readonly servingCert: string;
    readonly servingKey: string;
    readonly serviceAccountKey: string;
  };
  /** Creates a client certificate for a user in groups. */
  createUser(name: string, groups: readonly string[]): Promise<KeyPair>;
}

/** A day, longer than any run. */
const life = 24 * 3_600_000;

export async function createCredentials(directory: string): Promise<Credentials> {
  const validity = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + life };
  const authority = await createAuthority('test cluster CA', validity);
  const serving = await createServingCertificate(authority, ['localhost', '127.0.0.1'], validity);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const write = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    ca: authority.cert,
    files: {
      ca: write('ca.crt', authority.cert),
      servingCert: write('apiserver.crt', serving.cert),
      servingKey: write('apiserver.key', serving.key),
      serviceAccountKey: write('service-accounts.key', privateKey.export({ type: 'sec1', format: 'pem' }).toString()),
    },
    async createUser(name, groups) {
      const subject = [
        ...groups.map((group) => ({ name: 'organizationName', value: group })),
        { name: 'commonName', value: name },
      ];
      const made = await generate(subject, {
        keyType: 'ec',
        curve: 'P-256',
        algorithm: 'sha256',
        notBeforeDate: new Date(validity.notBefore),
        notAfterDate: new Date(validity.notAfter),
        ca: authority,
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', clientAuth: true },
        ],
      });
      return { cert: made.cert, key: made.private };
    },
  };
}
