import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { certificateMaker } from '../../../src/certificates/certificate-maker.ts';
import { type RotationContext, rotate } from '../../../src/certificates/rotate.ts';
import {
  type StoredCertificates,
  bundleOf,
  decodeCertificates,
  encodeCertificates,
} from '../../../src/certificates/stored-certificates.ts';

/** Real certificates with the default validities. */
const now = Date.parse('2026-01-31T12:00:00Z');
const [hour, day] = [3_600_000, 24 * 3_600_000];
const periods = { life: 90 * day, authorityLife: 730 * day };
const names = ['webhook.ci.svc', 'fd00::12', '192.0.2.7'] as const;
const contextOf = (changes: Partial<RotationContext> = {}): RotationContext => ({
  names,
  caBundles: [''],
  periods,
  now,
  ...changes,
});
const rotateAt = (stored: StoredCertificates | undefined, changes: Partial<RotationContext> = {}) =>
  rotate(stored, contextOf(changes), certificateMaker);

const first = await rotateAt(undefined);
const bundle = bundleOf(first.certificates.authorities);
const later = (days: number, changes: Partial<RotationContext> = {}) =>
  ({ now: now + days * day, caBundles: [bundle], ...changes }) as const;

describe('rotate, nothing stored', () => {
  it('creates a CA and a leaf, valid from an hour ago', () => {
    const { certificates, steps } = first;
    assert.deepEqual(steps, ['create_everything']);
    const [authority, leaf] = [certificates.authorities[0], certificates.leaf].map(
      (pair) => new X509Certificate(pair?.cert ?? ''),
    ) as [X509Certificate, X509Certificate];
    assert.match(authority.subject, /^CN=s2i-incremental-webhook CA [0-9a-f]{8}$/);
    assert.deepEqual(
      [authority, leaf].map((cert) => [cert.validFromDate.getTime(), cert.validToDate.getTime()]),
      [
        [now - hour, now + 730 * day],
        [now - hour, now + 90 * day],
      ],
    );
    assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
    assert.deepEqual([leaf.checkHost(names[0]), leaf.checkIP(names[1]), leaf.checkIP(names[2])], names);
  });

  it('keeps them', async () => {
    assert.deepEqual(await rotateAt(first.certificates, later(1)), { certificates: first.certificates, steps: [] });
  });

  it('adopts published CAs, and drops them after a sixth of the validity', async () => {
    const second = await rotateAt(undefined, later(1));
    assert.deepEqual(second.steps, ['create_everything', 'adopt_authorities']);
    const [created, adopted] = second.certificates.authorities;
    assert.deepEqual(adopted, { cert: bundle.trim(), key: undefined });
    const settled = await rotateAt(
      second.certificates,
      later(125, { caBundles: [bundleOf(second.certificates.authorities)] }),
    );
    assert.deepEqual(settled.steps, ['drop_authorities', 'create_leaf']);
    assert.deepEqual(settled.certificates.authorities, [created]);
  });

  it('ignores published text that is no certificate', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    assert.deepEqual((await rotateAt(undefined, { caBundles: [broken] })).steps, ['create_everything']);
  });
});

describe('rotate, during the validity of a CA', () => {
  it('passes from one CA to the next', async () => {
    const renewed = await rotateAt(first.certificates, later(61));
    assert.deepEqual(renewed.steps, ['create_leaf']);
    const two = await rotateAt(renewed.certificates, later(490));
    assert.deepEqual(two.steps, ['create_leaf', 'create_next_authority']);
    assert.equal(two.certificates.authorities.length, 2);
    const both = bundleOf(two.certificates.authorities);
    const switched = await rotateAt(two.certificates, later(610, { caBundles: [both] }));
    assert.deepEqual(switched.steps, ['create_leaf', 'switch_authority']);
    const ended = await rotateAt(switched.certificates, later(730, { caBundles: [both] }));
    assert.deepEqual(ended.steps, ['drop_authorities', 'create_leaf']);
    assert.deepEqual(ended.certificates.authorities, [two.certificates.authorities[1]]);
  });

  it('never creates a leaf that outlives its CA', async () => {
    const last = await rotateAt(first.certificates, later(700));
    assert.equal(new X509Certificate(last.certificates.leaf.cert).validToDate.getTime(), now + 730 * day);
    const again = await rotateAt(last.certificates, later(729));
    assert.deepEqual(again.steps, []);
  });
});

describe('encodeCertificates and decodeCertificates', () => {
  it('decode what was encoded', async () => {
    const { certificates } = await rotateAt(first.certificates, later(490));
    assert.deepEqual(
      encodeCertificates(decodeCertificates(encodeCertificates(certificates), certificateMaker) ?? certificates),
      encodeCertificates(certificates),
    );
    assert.deepEqual(
      decodeCertificates(encodeCertificates(certificates), certificateMaker)?.authorities.map(
        ({ key }) => key !== undefined,
      ),
      [true, true],
    );
  });

  it('reject data that is incomplete or does not match', async () => {
    const data = encodeCertificates(first.certificates);
    const other = encodeCertificates((await rotateAt(undefined)).certificates);
    const spoilt: readonly Record<string, string>[] = [
      {},
      { ...data, 'tls.crt': '' },
      { ...data, 'tls.crt': 'x' },
      { ...data, 'tls.key': other['tls.key'] ?? '' },
      { ...data, 'ca.crt': `${data['ca.crt']}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` },
      // It has the header of a key, but no content.
      { ...data, 'ca-keys.pem': (data['ca-keys.pem'] ?? '').replace(/\n[^]*\n(?=-----END)/, '\nAAAA\n') },
    ];
    for (const each of spoilt) assert.equal(decodeCertificates(each, certificateMaker), undefined);
  });

  it('accept keys of other CAs, but then no CA can sign', async () => {
    const other = encodeCertificates((await rotateAt(undefined)).certificates);
    const data = { ...encodeCertificates(first.certificates), 'ca-keys.pem': other['ca-keys.pem'] ?? '' };
    const read = decodeCertificates(data, certificateMaker);
    assert.deepEqual(
      read?.authorities.map(({ key }) => key),
      [undefined],
    );
    assert.deepEqual((await rotateAt(read, later(1))).steps, ['create_everything', 'adopt_authorities']);
  });
});
