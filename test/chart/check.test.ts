/** The pod of `helm test`, run here as it is rendered, beside a real webhook. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { arrayAt, at } from '../../src/openshift/json.ts';
import { logUntil, startProgram } from '../helpers/program.ts';
import { installMode, renderedObjects, theOnly } from './helm.ts';

/** The container's command with its own env, but for the addresses that are given. */
async function runCheck(mode: string, addresses: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const pod = theOnly('Pod', await renderedObjects(installMode(mode), ...more));
  const container = arrayAt(pod, 'spec', 'containers')?.[0];
  const [program, ...args] = [arrayAt(container, 'command') ?? [], arrayAt(container, 'args') ?? []].flat().map(String);
  assert.equal(program, 'node');
  assert.ok(!args.some((arg) => arg.includes('$(')), 'Kubernetes would fill in $(…)');
  const env = Object.fromEntries(
    (arrayAt(container, 'env') ?? []).map((entry): [string, string] => {
      const name = String(at(entry, 'name'));
      return [name, addresses[name] ?? String(at(entry, 'value'))];
    }),
  );
  return new Promise<{ status: number; stdout: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout });
    });
  });
}

/** The chart's own container as a process: its arguments and configuration, but on loopback ports that are free. */
async function startWebhook(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-chart-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const objects = await renderedObjects(installMode('standalone'), '--set', 'config.server.shutdownDelay=0s');
  writeFileSync(join(folder, 'config.yaml'), String(at(theOnly('ConfigMap', objects), 'data', 'config.yaml')));
  const container = arrayAt(theOnly('Deployment', objects), 'spec', 'template', 'spec', 'containers')?.[0];
  const args = (arrayAt(container, 'args') ?? [])
    .map((arg) => String(arg).replace('/etc/s2i-incremental-webhook', folder).replace('/certs', join(folder, 'certs')))
    .concat('--host=127.0.0.1', '--port=0', '--ops-port=0', '--scripts-port=0');
  const child = startProgram(args);
  t.after(() => child.kill('SIGKILL'));
  const lines = await logUntil(child, 'listening for admission reviews');
  const urlOf = (message: string) => String(lines.find((line) => line['message'] === message)?.['url']);
  return {
    operations: urlOf('listening for probes and metrics'),
    mutate: urlOf('listening for admission reviews'),
    ca: join(folder, 'certs', 'ca.crt'),
  };
}

describe('helm test', () => {
  it('is content with a webhook that is ready and answers', async (t) => {
    const { operations, mutate, ca } = await startWebhook(t);
    const addresses = { OPERATIONS_URL: operations, MUTATE_URL: mutate, CA_FILE: ca };
    const { status, stdout } = await runCheck('self-signed', addresses);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\/readyz: 200\n[^]*\nready\n/);
    assert.match(stdout, /allowed, with the patch \[\{.*s2i-incremental\.io/);
  });

  it('is not with one whose certificate is not what the CA says', async (t) => {
    const { operations, mutate } = await startWebhook(t);
    const { ca } = await startWebhook(t);
    const { status, stdout } = await runCheck('self-signed', {
      OPERATIONS_URL: operations,
      MUTATE_URL: mutate,
      CA_FILE: ca,
    });
    assert.equal(status, 1);
    assert.match(stdout, /\/mutate: \w*(?:CERT|SIGNATURE)\w*\n/);
  });

  it('is not with one that is not there', async (t) => {
    const { operations, ca } = await startWebhook(t);
    const addresses = { OPERATIONS_URL: operations, MUTATE_URL: 'https://127.0.0.1:1/mutate', CA_FILE: ca };
    assert.deepEqual((await runCheck('self-signed', addresses)).status, 1);
  });

  it('asks only for readiness where a client certificate is wanted', async (t) => {
    const { operations, ca } = await startWebhook(t);
    const addresses = { OPERATIONS_URL: operations, MUTATE_URL: 'https://127.0.0.1:1/mutate', CA_FILE: ca };
    const { status, stdout } = await runCheck('self-signed', addresses, '--set', 'clientCertificates.configMap=ca');
    assert.deepEqual({ status, asked: stdout.includes('/mutate') }, { status: 0, asked: false });
  });
});
