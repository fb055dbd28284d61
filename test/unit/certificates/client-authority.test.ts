import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startClientAuthority } from '../../../src/certificates/client-authority.ts';
import { createAuthority } from '../../../src/certificates/self-signed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

const validity = { notBefore: Date.now(), notAfter: Date.now() + 3_600_000 };
const interval = 5;

function temporaryFile(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-clients-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ca.crt');
  writeFileSync(file, text);
  return file;
}

describe('startClientAuthority', () => {
  it('follows the file, and keeps the CAs if it becomes invalid, which is reported once', async (t) => {
    const [one, other] = await Promise.all([createAuthority('one', validity), createAuthority('other', validity)]);
    const file = temporaryFile(t, one.cert);
    const [given, failures]: [string[], string[]] = [[], []];
    const authority = startClientAuthority({ file, interval, onFailure: (error) => failures.push(String(error)) });
    t.after(() => authority.close());
    authority.onChange((ca) => given.push(ca));
    writeFileSync(file, 'no certificate');
    await waitFor('the failure to be told', () => failures.length > 0);
    await delay(10 * interval);
    const both = `${one.cert}\n${other.cert}`;
    writeFileSync(file, both);
    await waitFor('the new CAs', () => given.length > 1);
    assert.deepEqual(given, [one.cert, both]);
    assert.deepEqual(failures, [`Error: ${file}: cannot be read as CA certificates: it holds no certificate`]);
  });

  for (const [name, text, reason] of [
    ['empty', '', 'it holds no certificate'],
    ['broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', '.*'],
  ] as const) {
    it(`rejects a file that is ${name}`, (t) => {
      const file = temporaryFile(t, text);
      assert.throws(() => startClientAuthority({ file, onFailure: () => undefined }), {
        code: 'certificate',
        message: new RegExp(`^${file}: cannot be read as CA certificates: ${reason}`),
      });
    });
  }
});
