import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { objectAt } from '../../src/openshift/json.ts';
import { goldenNames, historyOf, loadGolden, reviewFrom } from '../helpers/golden-cases.ts';
import { runCommand } from '../helpers/terminal.ts';
import { patchIn, startTestWebhook } from '../helpers/webhook.ts';

/** Requests for other objects, which no file can contain. */
const elsewhere = ['instantiate'];

const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('preview, golden cases', () => {
  it('covers every case with a Build or BuildConfig', () => {
    const kinds = goldenNames.filter((name) => {
      const kind = objectAt(reviewFrom(loadGolden(name)), 'request', 'object')?.['kind'];
      return kind !== 'Build' && kind !== 'BuildConfig';
    });
    assert.deepEqual(kinds, elsewhere);
  });

  for (const name of goldenNames.filter((each) => !elsewhere.includes(each))) {
    it(`prints the webhook's patch: ${name}`, async (t) => {
      const golden = loadGolden(name);
      const review = reviewFrom(golden);
      const history = historyOf(golden);
      const webhook = await startTestWebhook(t, {
        config: stringify(golden.config ?? {}),
        clock: () => Date.parse(golden.now),
        ...(history === undefined
          ? { history: { read: () => Promise.resolve('unavailable' as const) } }
          : { objects: () => history }),
      });
      const patch = patchIn((await webhook.post(review)).text);

      const write = (file: string, content: unknown) => {
        const path = join(folder, `${name}-${file}.yaml`);
        writeFileSync(path, stringify(content));
        return path;
      };
      const stored = objectAt(review, 'request', 'oldObject');
      const items = [...(history ?? []), ...(stored === undefined ? [] : [stored])];
      const args = ['--config', write('config', golden.config ?? {}), '--now', golden.now, '-o', 'patch'];
      const known = history === undefined && stored === undefined ? [] : ['--history', write('history', { items })];
      // A file with an empty List is an error; one with an unrelated object also has no earlier Build.
      if (known.length > 0 && items.length === 0) {
        known[1] = write('history', { apiVersion: 'v1', kind: 'BuildConfig', metadata: { name: 'unrelated' } });
      }
      const object = write('object', objectAt(review, 'request', 'object'));
      const { status, stdout, stderr } = await runCommand(['preview', '-f', object, ...args, ...known]);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.deepEqual(JSON.parse(stdout), patch);
    });
  }
});
