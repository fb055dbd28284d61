/** The program as a process: exit statuses, signals, streams. Other tests run commands in their own process. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, runProgram, startProgram } from '../helpers/program.ts';
import { patchIn, readAnswer, send } from '../helpers/webhook.ts';

const anyPorts = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0'];
const listening = 'listening for admission reviews';

async function start(t: TestContext, shutdownDelay: string) {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const child = startProgram(['serve', '--standalone', ...anyPorts, '--cert-dir', folder], {
    environment: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: shutdownDelay },
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = await logUntil(child, listening);
  const url = String(lines.find(({ message }) => message === listening)?.['url']);
  return { child, url, ca: readFileSync(join(folder, 'ca.crt'), 'utf8') };
}

describe('program as a process', () => {
  it('serves until SIGTERM; a second signal ends it at once', async (t) => {
    const { child, url, ca } = await start(t, '0');
    const answer = await send(url, ca, reviewOf(exampleBuild()));
    assert.notDeepEqual(patchIn(answer.text), []);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);

    const { child: slow } = await start(t, '1h');
    slow.kill('SIGTERM');
    await logUntil(slow, 'stopping: not ready, serving until the shutdown delay ends');
    slow.kill('SIGINT');
    assert.deepEqual(await once(slow, 'exit'), [1, null]);
  });

  it('answers and stops although nobody reads its log', async (t) => {
    const { child, url, ca } = await start(t, '0');
    child.stdout.pause();
    const agent = new Agent({ keepAlive: true, ca, servername: 'localhost' });
    t.after(() => agent.destroy());
    const post = () => {
      const headers = { 'Content-Type': 'application/json' };
      const outgoing = httpsRequest(url, { method: 'POST', agent, headers });
      outgoing.end(JSON.stringify(reviewOf(exampleBuild())));
      return readAnswer(outgoing);
    };
    // More lines than the pipe and the streams can hold.
    for (let count = 0; count < 800; count += 1) assert.equal((await post()).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('prints only errors on standard error', async () => {
    assert.deepEqual(await runProgram(['serve', '--port', '70000']), {
      status: 2,
      stdout: '',
      stderr:
        's2i-incremental: --port must be a port from 0 to 65535; is "70000"\ns2i-incremental: s2i-incremental serve --help tells more\n',
    });
  });

  it('reads standard input and prints its version', async () => {
    const [previewed, version] = await Promise.all([
      runProgram(['preview', '-f', '-', '-o', 'patch'], { input: JSON.stringify(exampleBuild()) }),
      runProgram(['--version']),
    ]);
    assert.deepEqual([previewed.status, previewed.stderr], [0, '']);
    assert.ok(Array.isArray(JSON.parse(previewed.stdout)));
    const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const stdout = `s2i-incremental ${(JSON.parse(packageJson) as { version: string }).version}\n`;
    assert.deepEqual(version, { status: 0, stdout, stderr: '' });
  });

  it('does not fail if its reader stops early', async (t) => {
    const child = startProgram(['preview', '--help']);
    t.after(() => child.kill('SIGKILL'));
    child.stdout.destroy();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
