import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';

const validity = { notBefore: Date.parse('2026-01-31T12:00:00Z'), notAfter: Date.parse('2027-01-31T12:00:00Z') };
const names = ['webhook.test.svc', 'localhost', '127.0.0.1', '::1', 'fd00::12'] as const;
const authority = await createAuthority('a CA', validity);
const other = await createAuthority('a CA', validity);
const leaf = await createServingCertificate(authority, names, validity);
const [ca, cert] = [authority, leaf].map((pair) => new X509Certificate(pair.cert)) as [
  X509Certificate,
  X509Certificate,
];

/** The extension's OID and criticality in DER, followed by its value. */
const basicConstraints = '0603551d130101ff';

describe('createAuthority', () => {
  it('returns a self-signed CA', () => {
    assert.deepEqual([ca.subject, ca.issuer, ca.ca], ['CN=a CA', 'CN=a CA', true]);
    assert.ok(ca.verify(ca.publicKey));
    assert.ok(ca.checkIssued(ca));
  });

  it('marks it, critically, as a CA without CAs below it', () => {
    assert.ok(ca.raw.toString('hex').includes(`${basicConstraints}040830060101ff020100`));
  });
});

describe('createServingCertificate', () => {
  it('is issued by the CA, and not by another CA of the same name', () => {
    assert.ok(cert.verify(ca.publicKey));
    assert.ok(cert.checkIssued(ca));
    assert.equal(cert.verify(new X509Certificate(other.cert).publicKey), false);
  });

  it('is no CA and is only for TLS servers', () => {
    assert.equal(cert.ca, false);
    assert.ok(cert.raw.toString('hex').includes(`${basicConstraints}04023000`));
    assert.deepEqual(cert.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('contains hosts and addresses', () => {
    assert.equal(cert.subject, 'CN=webhook.test.svc');
    assert.equal(
      cert.subjectAltName,
      'DNS:webhook.test.svc, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:0:0:0:0:0:0:12',
    );
    assert.equal(cert.checkHost('webhook.test.svc'), 'webhook.test.svc');
    assert.equal(cert.checkIP('::1'), '::1');
    assert.equal(cert.checkHost('other.test.svc'), undefined);
    assert.equal(cert.checkIP('127.0.0.2'), undefined);
  });

  it('has a common name of at most 64 characters, and the full name as an alternative name', async () => {
    const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.svc`;
    const long = new X509Certificate((await createServingCertificate(authority, [name], validity)).cert);
    assert.equal(long.subject, `CN=${name.slice(0, 64)}`);
    assert.equal(long.checkHost(name), name);
  });
});

describe('createAuthority and createServingCertificate', () => {
  it('have a matching P-256 key and the requested validity', () => {
    for (const [certificate, { key }] of [
      [ca, authority],
      [cert, leaf],
    ] as const) {
      assert.deepEqual(
        [certificate.publicKey.asymmetricKeyType, certificate.publicKey.asymmetricKeyDetails?.namedCurve],
        ['ec', 'prime256v1'],
      );
      assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
      assert.deepEqual(
        [certificate.validFromDate.getTime(), certificate.validToDate.getTime()],
        [validity.notBefore, validity.notAfter],
      );
    }
  });

  it('have different serial numbers', () => {
    assert.equal(new Set([ca, cert, new X509Certificate(other.cert)].map(({ serialNumber }) => serialNumber)).size, 3);
  });
});
