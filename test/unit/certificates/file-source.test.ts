import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createDevelopmentCertificate } from '../../../src/certificates/certificate-files.ts';
import type { ServingCertificate } from '../../../src/certificates/certificate-source.ts';
import { type FileSourceEvent, startFileSource } from '../../../src/certificates/file-source.ts';
import { createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const day = 24 * 3_600_000;
const names = ['localhost'] as const;
const interval = 5;

async function start(t: TestContext, directory: string, clock = () => now) {
  const events: FileSourceEvent[] = [];
  const served: ServingCertificate[] = [];
  let looked = 0;
  const countingClock = () => {
    looked += 1;
    return clock();
  };
  const onEvent = (event: FileSourceEvent) => events.push(event);
  const source = await startFileSource({ directory, names, clock: countingClock, interval, onEvent });
  t.after(() => source.close());
  source.onChange((certificate) => served.push(certificate));
  /** Waits for three more reads of the folder. */
  const looks = () => {
    const until = looked + 3;
    return waitFor('it to look', () => looked >= until);
  };
  return { source, events, served, looks };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-source-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Returns a pair from another CA. */
async function companyPair(days = 100) {
  const validity = { notBefore: now - day, notAfter: now + days * day };
  return createServingCertificate(await createAuthority('a company', validity), names, validity);
}

/** Mounts a pair like the kubelet: files are links through `..data`, a link to a folder that is swapped. */
function mount(folder: string, version: string, { cert, key }: { cert: string; key: string }): void {
  const data = join(folder, `..${version}`);
  mkdirSync(data);
  writeFileSync(join(data, 'tls.crt'), cert);
  writeFileSync(join(data, 'tls.key'), key);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (version !== '1') return;
  for (const file of ['tls.crt', 'tls.key']) symlinkSync(join('..data', file), join(folder, file));
}

describe('startFileSource, mounted certificate', () => {
  it('is replaced by its successor', async (t) => {
    const folder = temporaryFolder(t);
    const [first, second] = await Promise.all([companyPair(), companyPair(200)]);
    mount(folder, '1', first);
    const { source, events, served } = await start(t, folder);
    assert.equal(source.current?.cert, first.cert);
    mount(folder, '2', second);
    await waitFor('the new certificate', () => source.current?.cert === second.cert);
    assert.deepEqual(source.current, { ...second, ca: undefined, notAfter: now + 200 * day });
    assert.deepEqual(events, [{ kind: 'serving', notAfter: now + 200 * day }]);
    assert.deepEqual(
      served.map(({ cert }) => cert),
      [first.cert, second.cert],
    );
    assert.deepEqual(source.check(now), { ok: true, detail: '200 days left' });
    assert.deepEqual(source.check(now + 200 * day), { ok: false, detail: 'expired' });
  });

  it('stays in use while the files do not match, which is reported once', async (t) => {
    const folder = temporaryFolder(t);
    const [first, second] = await Promise.all([companyPair(), companyPair()]);
    mount(folder, '1', first);
    const { source, events, looks } = await start(t, folder);
    mount(folder, '2', { cert: second.cert, key: first.key });
    await waitFor('it to be told', () => events.length > 0);
    await looks();
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['failed'],
    );
    const problem = `${folder}/tls.crt: cannot be read as a certificate with its key ${folder}/tls.key: the key is of another certificate`;
    assert.equal(source.current?.cert, first.cert);
    assert.deepEqual(source.check(now), { ok: true, detail: `100 days left; ${problem}` });

    mount(folder, '3', second);
    await waitFor('the new certificate', () => source.current?.cert === second.cert);
    assert.deepEqual(source.check(now), { ok: true, detail: '100 days left' });
  });

  it('stays in use when its file is removed, and no certificate is created', async (t) => {
    const folder = temporaryFolder(t);
    const pair = await companyPair();
    mount(folder, '1', pair);
    const { source, events } = await start(t, folder);
    rmSync(join(folder, 'tls.crt'));
    rmSync(join(folder, 'tls.key'));
    await waitFor('it to be told', () => events.length > 0);
    assert.equal(source.current?.cert, pair.cert);
    assert.equal(source.check(now).detail, `100 days left; ${folder}/tls.crt was removed`);
  });
});

describe('startFileSource, own certificate', () => {
  it('is replaced after two thirds of its validity', async (t) => {
    const folder = temporaryFolder(t);
    let time = now;
    const { source, events, looks } = await start(t, folder, () => time);
    const first = source.current;
    time += 240 * day;
    await looks();
    assert.equal(source.current, first);
    time += 4 * day;
    await waitFor('a new certificate', () => source.current !== first);
    assert.deepEqual(events, [
      { kind: 'created', file: join(folder, 'ca.crt') },
      { kind: 'created', file: join(folder, 'ca.crt') },
      { kind: 'serving', notAfter: time + 365 * day },
    ]);
    assert.equal(readFileSync(join(folder, 'tls.crt'), 'utf8'), source.current?.cert);
  });

  it('stays in use longer if the folder cannot be written', async (t) => {
    const folder = temporaryFolder(t);
    const made = await createDevelopmentCertificate(names, now);
    mount(folder, '1', made);
    let time = now;
    const { source, events, looks } = await start(t, folder, () => time);
    assert.equal(source.current?.cert, made.cert);
    // Blocks every new file, even for root.
    writeFileSync(join(folder, '.certificate-whole'), '');
    time += 300 * day;
    await waitFor('it to be told', () => events.length > 0);
    await looks();
    assert.equal(source.current.cert, made.cert);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['failed'],
    );
  });
});

describe('startFileSource, closed', () => {
  it('reads no files', async (t) => {
    const folder = temporaryFolder(t);
    const [first, second] = await Promise.all([companyPair(), companyPair()]);
    mount(folder, '1', first);
    const { source } = await start(t, folder);
    await source.close();
    mount(folder, '2', second);
    await delay(10 * interval);
    assert.equal(source.current?.cert, first.cert);
  });
});
