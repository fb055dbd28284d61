import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { createDevelopmentCertificate, loadOrCreateCertificate } from '../../../src/certificates/certificate-files.ts';
import { CertificateError } from '../../../src/certificates/certificate-source.ts';
import { createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const year = 365 * 24 * 3_600_000;
const names = ['localhost', '127.0.0.1'] as const;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-files-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder).sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

function certificateError(message: string | RegExp) {
  return (error: unknown): true => {
    assert.ok(error instanceof CertificateError);
    assert.equal(error.code, 'certificate');
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

describe('loadOrCreateCertificate, empty folder', () => {
  it('creates a certificate, its CA, and a key that only the owner can read', async (t) => {
    const folder = join(temporaryFolder(t), 'deep', 'certs');
    const { certificate, created } = await loadOrCreateCertificate(folder, names, now);
    assert.equal(created, true);
    assert.deepEqual(filesOf(folder), {
      'ca.crt': certificate.ca,
      'tls.crt': certificate.cert,
      'tls.key': certificate.key,
    });
    const modeOf = (file: string) => statSync(join(folder, file)).mode & 0o777;
    assert.equal(modeOf('tls.key'), 0o600);
    // The process's umask may remove bits; nobody else may write or execute.
    assert.deepEqual([modeOf('ca.crt') & 0o733, modeOf('tls.crt') & 0o733], [0o600, 0o600]);

    const [cert, ca] = [certificate.cert, certificate.ca ?? ''].map((pem) => new X509Certificate(pem)) as [
      X509Certificate,
      X509Certificate,
    ];
    assert.ok(cert.checkIssued(ca) && cert.verify(ca.publicKey));
    assert.ok(cert.checkPrivateKey(createPrivateKey(certificate.key)));
    assert.equal(cert.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
    assert.deepEqual(
      [cert.validFromDate.getTime(), cert.validToDate.getTime(), certificate.notAfter],
      [now - 3_600_000, now + year, now + year],
    );
  });

  it('says what to do if the folder cannot be written', async (t) => {
    const file = join(temporaryFolder(t), 'a-file');
    writeFileSync(file, '');
    await assert.rejects(
      loadOrCreateCertificate(join(file, 'certs'), names, now),
      certificateError(
        new RegExp(
          `^${file}/certs: cannot write the new certificate: ENOTDIR: .*; choose another folder with --cert-dir$`,
        ),
      ),
    );
  });
});

describe('loadOrCreateCertificate, existing certificate', () => {
  it('returns the existing certificate each time', async (t) => {
    const folder = temporaryFolder(t);
    const first = await loadOrCreateCertificate(folder, names, now);
    const before = filesOf(folder);
    for (const time of [now, now + (year * 2) / 3 - 3_600_000]) {
      const again = await loadOrCreateCertificate(folder, ['another.example.com'], time);
      assert.deepEqual(again, { certificate: first.certificate, created: false });
    }
    assert.deepEqual(filesOf(folder), before);
  });

  it('needs no CA file', async (t) => {
    const folder = temporaryFolder(t);
    const { certificate } = await loadOrCreateCertificate(folder, names, now);
    rmSync(join(folder, 'ca.crt'));
    assert.deepEqual(await loadOrCreateCertificate(folder, names, now), {
      certificate: { ...certificate, ca: undefined },
      created: false,
    });
  });

  it('replaces its own certificate after two thirds of its validity', async (t) => {
    const folder = temporaryFolder(t);
    const first = await loadOrCreateCertificate(folder, names, now);
    const { certificate, created } = await loadOrCreateCertificate(folder, names, now + (year * 2) / 3);
    assert.equal(created, true);
    assert.equal(certificate.notAfter, now + (year * 2) / 3 + year);
    assert.notEqual(certificate.key, first.certificate.key);
    assert.deepEqual(filesOf(folder), {
      'ca.crt': certificate.ca,
      'tls.crt': certificate.cert,
      'tls.key': certificate.key,
    });
  });

  it('keeps a certificate that it did not create, expired or not', async (t) => {
    const folder = temporaryFolder(t);
    const validity = { notBefore: now - year, notAfter: now - 1_000 };
    const authority = await createAuthority('a company', validity);
    const leaf = await createServingCertificate(authority, names, validity);
    writeFileSync(join(folder, 'tls.crt'), leaf.cert);
    writeFileSync(join(folder, 'tls.key'), leaf.key);
    const before = filesOf(folder);
    assert.deepEqual(await loadOrCreateCertificate(folder, names, now), {
      certificate: { ...leaf, ca: undefined, notAfter: now - 1_000 },
      created: false,
    });
    assert.deepEqual(filesOf(folder), before);
  });

  for (const [there, missing] of [
    ['tls.crt', 'tls.key'],
    ['tls.key', 'tls.crt'],
  ] as const) {
    it(`rejects a folder with only ${there}`, async (t) => {
      const folder = temporaryFolder(t);
      writeFileSync(join(folder, there), 'x');
      await assert.rejects(
        loadOrCreateCertificate(folder, names, now),
        certificateError(
          `${folder}/${there} exists, but ${folder}/${missing} does not: add it, or remove both to create new ones`,
        ),
      );
      assert.deepEqual(filesOf(folder), { [there]: 'x' });
    });
  }

  it('rejects a file that is no certificate', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'tls.crt'), 'no certificate');
    writeFileSync(join(folder, 'tls.key'), 'no key');
    await assert.rejects(
      loadOrCreateCertificate(folder, names, now),
      certificateError(
        new RegExp(`^${folder}/tls.crt: cannot be read as a certificate with its key ${folder}/tls.key: `),
      ),
    );
  });

  it('rejects a file that cannot be read', async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, 'tls.crt'));
    writeFileSync(join(folder, 'tls.key'), '');
    await assert.rejects(
      loadOrCreateCertificate(folder, names, now),
      certificateError(
        `${folder}/tls.crt: cannot be read as a certificate with its key ${folder}/tls.key: EISDIR: illegal operation on a directory, read`,
      ),
    );
  });
});

describe('loadOrCreateCertificate, interrupted write', () => {
  const files = ['ca.crt', 'tls.crt', 'tls.key'];

  /** Returns a folder in which `moved` of the new files have their names, with or without an older certificate. */
  async function cutOff(t: TestContext, moved: number, older: boolean) {
    const [folder, made] = [temporaryFolder(t), temporaryFolder(t)];
    const { certificate } = await loadOrCreateCertificate(made, names, now);
    if (older) await loadOrCreateCertificate(folder, names, now);
    mkdirSync(join(folder, '.certificate-whole'));
    for (const [index, file] of files.entries()) {
      writeFileSync(join(folder, index < moved ? '' : '.certificate-whole', file), readFileSync(join(made, file)));
    }
    return { folder, certificate };
  }

  for (const older of [false, true]) {
    for (const moved of [0, 1, 2, 3]) {
      it(`is completed after ${moved} files, ${older ? 'over an older certificate' : 'in an empty folder'}`, async (t) => {
        const { folder, certificate } = await cutOff(t, moved, older);
        assert.deepEqual(await loadOrCreateCertificate(folder, names, now), { certificate, created: false });
        assert.deepEqual(readdirSync(folder).sort(), files);
      });
    }
  }

  it('is discarded before all three files were written', async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, '.certificate-partial'));
    writeFileSync(join(folder, '.certificate-partial', 'ca.crt'), '-----BEGIN');
    const { certificate, created } = await loadOrCreateCertificate(folder, names, now);
    assert.equal(created, true);
    assert.deepEqual(filesOf(folder), {
      'ca.crt': certificate.ca,
      'tls.crt': certificate.cert,
      'tls.key': certificate.key,
    });
  });
});

describe('createDevelopmentCertificate', () => {
  it('creates a new certificate each time', async () => {
    const [first, second] = await Promise.all([
      createDevelopmentCertificate(names, now),
      createDevelopmentCertificate(names, now),
    ]);
    assert.notEqual(first.key, second.key);
    assert.equal(first.notAfter, second.notAfter);
  });
});

describe('loadOrCreateCertificate, key of another certificate', () => {
  it('is rejected at the start', async (t) => {
    const [folder, other] = [temporaryFolder(t), temporaryFolder(t)];
    await loadOrCreateCertificate(folder, names, now);
    await loadOrCreateCertificate(other, names, now);
    writeFileSync(join(folder, 'tls.key'), readFileSync(join(other, 'tls.key')));
    const before = filesOf(folder);
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    await assert.rejects(
      loadOrCreateCertificate(folder, names, now),
      certificateError(
        `${cert}: cannot be read as a certificate with its key ${key}: the key is of another certificate`,
      ),
    );
    assert.deepEqual(filesOf(folder), before);
  });
});

describe('loadOrCreateCertificate, only a CA', () => {
  it('is not overwritten', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'ca.crt'), "a CA of one's own");
    await assert.rejects(
      loadOrCreateCertificate(folder, names, now),
      certificateError(
        `${join(folder, 'ca.crt')} exists, but no tls.crt that it signed: add that with its key, or remove it`,
      ),
    );
    assert.deepEqual(filesOf(folder), { 'ca.crt': "a CA of one's own" });
  });
});
