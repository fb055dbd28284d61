/** Runs the rendered pod of `helm test` with a real webhook. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { arrayAt, at } from '../../src/openshift/json.ts';
import { logUntil, startProgram } from '../helpers/program.ts';
import { installMode, renderedObjects, theOnly } from './helm.ts';

/** Runs the container's command with its own env, except for the given addresses. */
async function runCheck(
  mode: string,
  addresses: Readonly<Record<string, string>>,
  { more = [], waitSeconds = 0 }: { readonly more?: readonly string[]; readonly waitSeconds?: number } = {},
) {
  const pod = theOnly('Pod', await renderedObjects(installMode(mode), ...more));
  const container = arrayAt(pod, 'spec', 'containers')?.[0];
  const [program, ...args] = [arrayAt(container, 'command') ?? [], arrayAt(container, 'args') ?? []].flat().map(String);
  assert.equal(program, 'node');
  assert.ok(!args.some((arg) => arg.includes('$(')), 'Kubernetes would fill in $(…)');
  const env: Record<string, string> = Object.fromEntries(
    (arrayAt(container, 'env') ?? []).map((entry): [string, string] => {
      const name = String(at(entry, 'name'));
      return [name, addresses[name] ?? String(at(entry, 'value'))];
    }),
  );
  return new Promise<{ status: number; stdout: string }>((resolve) => {
    execFile(process.execPath, args, { env: { ...env, WAIT_SECONDS: String(waitSeconds) } }, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout });
    });
  });
}

/** Runs the chart's container as a process, with its arguments and configuration on free loopback ports. */
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
    script: `${urlOf('listening for build pods')}/000000000000/default/assemble`,
    ca: join(folder, 'certs', 'ca.crt'),
  };
}

describe('helm test', () => {
  it('passes with a webhook that is ready, answers, and serves its scripts', async (t) => {
    const { operations, mutate, script, ca } = await startWebhook(t);
    const addresses = { OPERATIONS_URL: operations, MUTATE_URL: mutate, SCRIPT_URL: script, CA_FILE: ca };
    const { status, stdout } = await runCheck('self-signed', addresses);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\/readyz: 200\n[^]*\nready\n/);
    assert.match(stdout, /allowed, with the patch \[\{.*s2i-incremental\.io/);
    assert.match(stdout, /\/default\/assemble: 200\n/);
  });

  it('waits for a webhook that is not ready yet', async (t) => {
    const { operations, mutate, script, ca } = await startWebhook(t);
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
        server.close();
      });
    });
    const addresses = {
      OPERATIONS_URL: `http://127.0.0.1:${port}`,
      MUTATE_URL: mutate,
      SCRIPT_URL: script,
      CA_FILE: ca,
    };
    const check = runCheck('self-signed', addresses, { waitSeconds: 30 });
    let requests = 0;
    // The first three requests are answered as not ready, the next ones by the webhook.
    const late = createServer((_request, response) => {
      requests += 1;
      if (requests <= 3) response.writeHead(503).end('not ready');
      else void fetch(`${operations}/readyz`).then(async (answer) => response.end(await answer.text()));
    }).listen(port, '127.0.0.1');
    t.after(() => late.close());
    const { status, stdout } = await check;
    assert.equal(status, 0, stdout);
    assert.equal(requests, 4);
  });

  const refused = {
    'whose certificate is not what the CA says': [{ CA_FILE: 'other' }, /\/mutate: \w*(?:CERT|SIGNATURE)\w*\n/],
    'that is not there': [{ MUTATE_URL: 'https://127.0.0.1:1/mutate' }, /\/mutate: ECONNREFUSED\n/],
    'that is not ready': [{ OPERATIONS_URL: 'http://127.0.0.1:2' }, /\/readyz: ECONNREFUSED\n/],
    'whose scripts cannot be fetched': [{ SCRIPT_URL: 'http://127.0.0.1:2/assemble' }, /\/assemble: ECONNREFUSED\n/],
  } as const;
  for (const [what, [wrong, pattern]] of Object.entries(refused)) {
    it(`fails with a webhook ${what}`, async (t) => {
      const { operations, mutate, script, ca } = await startWebhook(t);
      const addresses = { OPERATIONS_URL: operations, MUTATE_URL: mutate, SCRIPT_URL: script, CA_FILE: ca, ...wrong };
      if (addresses.CA_FILE === 'other') addresses.CA_FILE = (await startWebhook(t)).ca;
      const { status, stdout } = await runCheck('self-signed', addresses);
      assert.equal(status, 1, stdout);
      assert.match(stdout, pattern);
    });
  }

  it('sends no review if a client certificate is required', async (t) => {
    const { operations, script, ca } = await startWebhook(t);
    const addresses = {
      OPERATIONS_URL: operations,
      MUTATE_URL: 'https://127.0.0.1:1/mutate',
      SCRIPT_URL: script,
      CA_FILE: ca,
    };
    const { status, stdout } = await runCheck('self-signed', addresses, {
      more: ['--set', 'clientCertificates.configMap=ca'],
    });
    assert.deepEqual({ status, isPosted: stdout.includes('/mutate') }, { status: 0, isPosted: false });
  });

  it('fetches no script if none is delivered over HTTP', async (t) => {
    const { operations, mutate, ca } = await startWebhook(t);
    const addresses = {
      OPERATIONS_URL: operations,
      MUTATE_URL: mutate,
      SCRIPT_URL: 'http://127.0.0.1:1/',
      CA_FILE: ca,
    };
    for (const set of ['config.assemble.baseUrl=', 'config.assemble.wrapper=false']) {
      const { status, stdout } = await runCheck('self-signed', addresses, { more: ['--set', set] });
      assert.equal(status, 0, stdout);
    }
  });
});
