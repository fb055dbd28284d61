import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { objectAt } from '../../../src/openshift/json.ts';
import { buildConfigOf, buildOf, cloneOf, withoutServerFields } from '../../helpers/cluster/builds.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';

/** What the other suites rely on. */
export function describeTestBed({ alice, webhookUser, cluster }: TestBed): void {
  describe('test bed', () => {
    it('creates the Builds that a real OpenShift API server created', () => {
      const made = { time: '2026-11-23T13:28:20Z', baseImage: recordedImage };
      const first = recorded('05-CREATE-builds-api-1');
      assert.deepEqual(
        buildOf(recorded('04-UPDATE-buildconfigs-api'), { ...made, env: [{ name: 'X', value: 'y' }] }),
        first,
      );
      assert.deepEqual(
        buildOf(recorded('10-UPDATE-buildconfigs-api', 'oldObject'), { ...made, incremental: true }),
        recorded('08-CREATE-builds-api-2'),
      );
      assert.deepEqual(
        cloneOf(first, recorded('10-UPDATE-buildconfigs-api'), made.time),
        recorded('11-CREATE-builds-api-3'),
      );
    });

    it('gives alice rights on builds only in her namespace', async () => {
      await alice.list('Build', 'web');
      await assert.rejects(alice.list('Build', 'other'), { code: 403 });
      await assert.rejects(alice.get('MutatingWebhookConfiguration', 's2i-incremental-webhook'), { code: 403 });
    });

    it('gives the webhook only the right to read builds', async () => {
      const { client } = webhookUser;
      await client.list('Build', 'web');
      await client.list('BuildConfig', 'other');
      await assert.rejects(client.create(buildConfigOf('of-the-webhook', 'web')), { code: 403 });
      await assert.rejects(client.delete('Build', 'any', 'web'), { code: 403 });
      await assert.rejects(client.get('MutatingWebhookConfiguration', 's2i-incremental-webhook'), { code: 403 });
    });

    it('leaves nothing behind when its process is killed', async () => {
      const directory = mkdtempSync(join(tmpdir(), 's2i-incremental-guard-'));
      const victim = spawn(process.execPath, ['--input-type=module-typescript', '--eval', guardSleep, directory], {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(victim.stdout, 'data');
      assert.ok(existsSync(directory));
      // Its output is closed when the last process that could write to it, including the guarded one, has ended.
      const closed = once(victim, 'close', { signal: AbortSignal.timeout(20_000) });
      victim.kill('SIGKILL');
      await closed;
      await waitFor('the folder to be gone', () => !existsSync(directory));
    });

    it('keeps objects when the API server is restarted, and forgets old revisions by compaction', async () => {
      const { admin, controlPlane } = cluster;
      const list = (query = {}) => admin.list('BuildConfig', 'other', query);
      const { object } = await admin.create(buildConfigOf('kept', 'other'));
      const resourceVersion = String(object.metadata['resourceVersion']);
      await admin.create(buildConfigOf('later', 'other'));
      const query = { resourceVersion, resourceVersionMatch: 'Exact' } as const;
      assert.deepEqual(await namesOf(list(query)), ['kept']);

      await controlPlane.compact();
      await controlPlane.restartApiServer();
      await assert.rejects(list(query), { code: 410 });
      assert.deepEqual(await namesOf(list()), ['kept', 'later']);
    });
  });
}

const recordedImage =
  'image-registry.openshift-image-registry.svc:5000/test/python@sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2';

/** Returns the object of a recorded request; a stored one keeps its uid, which its Builds refer to. */
function recorded(name: string, part: 'object' | 'oldObject' = 'object'): KubernetesObject {
  const file = join(import.meta.dirname, `../../fixtures/${name}.json`);
  const object = objectAt(JSON.parse(readFileSync(file, 'utf8')), 'request', part) as KubernetesObject;
  return object.kind === 'Build' ? withoutServerFields(object) : object;
}

async function namesOf(objects: Promise<readonly KubernetesObject[]>): Promise<readonly string[]> {
  return (await objects).map(({ metadata }) => metadata.name);
}

/** Guards a process that reports its start and does not end by itself; this one does not either. */
const guardSleep = `
  import { ProcessGuard } from '../../helpers/cluster/process-guard.ts';
  const guard = new ProcessGuard(process.argv[1]);
  guard.spawn('/bin/sh', ['-c', 'echo running; exec sleep 600'], 1, {});
  setInterval(() => {}, 1000);
`;
