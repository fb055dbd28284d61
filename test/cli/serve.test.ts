import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { createAuthority } from '../../src/certificates/self-signed.ts';
import { createClientCertificate } from '../helpers/client-certificate.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import type { LogLine } from '../helpers/program.ts';
import { startOddRegistry } from '../helpers/registry-server.ts';
import { type TestTerminal, createTestTerminal, runCommand } from '../helpers/terminal.ts';
import { patchIn, readAnswer, send } from '../helpers/webhook.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const anyPorts = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0'];
const probes = 'listening for probes and metrics';
/** The last line of the start. */
const listening = 'listening for admission reviews';

function urlIn(lines: readonly LogLine[], message: string): string {
  const url = lines.find((line) => line['message'] === message)?.['url'];
  assert.ok(typeof url === 'string', `no url logged for ${message}`);
  return url;
}

/** Runs a webhook in this process until the test ends, or a signal to its terminal. */
function startServe(t: TestContext, args: readonly string[], environment: Record<string, string> = {}) {
  const terminal: TestTerminal = createTestTerminal({
    environment: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0', ...environment },
  });
  const ended = dispatch(['serve', ...anyPorts, ...args], terminal);
  const stop = () => {
    terminal.signals.emit('SIGTERM');
    return ended;
  };
  t.after(stop);
  return { terminal, stop };
}

describe('serve', () => {
  it('creates certificates, runs standalone, answers a review and stops at SIGTERM', async (t) => {
    const folder = join(temporaryFolder(t), 'certs');
    const { terminal, stop } = startServe(t, ['--cert-dir', folder]);
    const lines = await terminal.logUntil(listening);
    assert.deepEqual(
      lines.map(({ level, message }) => ({ level, message })),
      [
        {
          level: 'warn',
          message: 'running standalone: earlier Builds are unknown, every Build is a full build',
        },
        { level: 'info', message: 'starting' },
        { level: 'info', message: 'created a self-signed certificate' },
        { level: 'info', message: probes },
        { level: 'info', message: 'listening for build pods' },
        { level: 'info', message: listening },
      ],
    );
    assert.deepEqual(readdirSync(folder).sort(), ['ca.crt', 'tls.crt', 'tls.key']);
    assert.equal(statSync(join(folder, 'tls.key')).mode & 0o777, 0o600);

    const ca = readFileSync(join(folder, 'ca.crt'), 'utf8');
    const answer = await send(urlIn(lines, listening), ca, reviewOf(exampleBuild()));
    assert.equal(answer.status, 200);
    assert.notDeepEqual(patchIn(answer.text), []);
    const metrics = await send(`${urlIn(lines, probes)}/metrics`, ca, '', { method: 'GET' });
    assert.match(
      metrics.text,
      /^s2i_incremental_admission_requests_total\{resource="builds",operation="CREATE",result="patched",reason="wrapper_unavailable"\} 1$/m,
    );
    assert.match(metrics.text, /^s2i_incremental_build_info\{version="0\.0\.0-test"\} 1$/m);
    assert.equal(await stop(), 0);
    assert.equal((await terminal.logUntil('stopped')).at(-1)?.['message'], 'stopped');
  });

  it('uses an existing certificate', async (t) => {
    const folder = temporaryFolder(t);
    for (const expected of [true, false]) {
      const { terminal, stop } = startServe(t, ['--standalone', '--cert-dir', folder]);
      const lines = await terminal.logUntil(listening);
      assert.equal(
        lines.some(({ message }) => message === 'created a self-signed certificate'),
        expected,
      );
      assert.equal(await stop(), 0);
    }
  });

  it('reports every mistake in the configuration, and starts nothing', async (t) => {
    const file = join(temporaryFolder(t), 'config.yaml');
    writeFileSync(
      file,
      'incremental: {mode: always, maxDepth: 0}\noutput: {timezone: Mars/Olympus, registries: ["http://x"]}\nasemble: {}\n',
    );
    const finished = await runCommand(['serve', '--config', file], {
      environment: { S2I_INCREMENTAL_LOG_LEVEL: 'loud', S2I_INCREMENTAL_COLOUR: 'red' },
    });
    assert.deepEqual(finished, {
      status: 2,
      stdout: '',
      stderr: [
        "S2I_INCREMENTAL_COLOUR: is no setting; the name is S2I_INCREMENTAL_ and the key's path, such as S2I_INCREMENTAL_OUTPUT_TAG_FORMAT",
        `${file}: incremental.mode: must be one of chain, false; is "always"`,
        `${file}: incremental.maxDepth: must be at least 1`,
        `${file}: output.timezone: must be a time zone of the IANA database such as UTC or Europe/Berlin; "Mars/Olympus" is not one`,
        `${file}: output.registries.0: must be a registry's host, with its port if it has one, such as harbor.example.com; is "http://x"`,
        'S2I_INCREMENTAL_LOG_LEVEL: log.level: must be one of silent, fatal, error, warn, info, debug, trace; is "loud"',
        `${file}: asemble: is not a configuration key`,
      ]
        .map((line) => `s2i-incremental: config: ${line}\n`)
        .join(''),
    });
  });

  it('reports a port in use in one line', async (t) => {
    const holder = createServer().listen(0, '127.0.0.1');
    t.after(() => holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const args = ['serve', '--standalone', '--host', '127.0.0.1', '--cert-dir', temporaryFolder(t)];
    for (const ports of [
      ['--port', String(port), '--ops-port', '0', '--scripts-port', '0'],
      ['--port', '0', '--ops-port', String(port), '--scripts-port', '0'],
      ['--port', '0', '--ops-port', '0', '--scripts-port', String(port)],
    ]) {
      const { status, stderr } = await runCommand([...args, ...ports]);
      assert.deepEqual(
        { status, stderr },
        {
          status: 1,
          stderr: `s2i-incremental: port ${port} on 127.0.0.1 is in use by another process; name another one, or 0 for any free one\n`,
        },
      );
    }
  });

  const wrong: readonly [args: readonly string[], message: RegExp][] = [
    [['serve', '--prot', '1'], /^s2i-incremental: Unknown option '--prot'/],
    [['serve', '--port', '70000'], /^s2i-incremental: --port must be a port from 0 to 65535; is "70000"\n/],
    [
      ['serve', '--standalone', '--kubeconfig', 'x'],
      /^s2i-incremental: --standalone and --kubeconfig exclude each other\n/,
    ],
    [
      ['serve', '--kubeconfig', '/nonexistent/kubeconfig'],
      /^s2i-incremental: \/nonexistent\/kubeconfig names no cluster that can be used: ENOENT/,
    ],
    [
      ['serve', '--client-names', 'api'],
      /^s2i-incremental: --client-names needs --client-ca, which verifies the names\n/,
    ],
    [
      ['serve', '--client-ca', 'x', '--client-names', 'api,,b'],
      /^s2i-incremental: --client-names must be names with a comma between two of them\n/,
    ],
    [['serve', 'extra'], /^s2i-incremental: Unexpected argument 'extra'/],
    [
      ['serv'],
      /^s2i-incremental: there is no command "serv"; there are status, enable, disable, explain, check, preview, demo, assemble-script, serve, scripts, completion\n/,
    ],
    [['toString'], /^s2i-incremental: there is no command "toString"/],
  ];
  for (const [args, message] of wrong) {
    it(`rejects ${args.join(' ')}`, async () => {
      const { status, stderr } = await runCommand(args);
      assert.equal(status, 2);
      assert.match(stderr, message);
    });
  }

  const inSecret = {
    S2I_INCREMENTAL_CERTIFICATE_SECRET: 'ci/certificates',
    S2I_INCREMENTAL_CERTIFICATE_WEBHOOK_CONFIGURATION: 'webhook',
  };
  const elsewhere: readonly [args: readonly string[], message: string][] = [
    [['--cert-dir', 'certs'], '--cert-dir and certificate.secret exclude each other'],
    [['--standalone'], '--standalone and certificate.secret exclude each other'],
    [[], 'certificate.secret needs a cluster, and there is none at hand; name one with --kubeconfig'],
  ];
  for (const [args, message] of elsewhere) {
    it(`rejects certificates in a Secret with ${args.join(' ') || 'no cluster'}`, async () => {
      const finished = await runCommand(['serve', ...args], { environment: inSecret });
      assert.deepEqual(finished, {
        status: 2,
        stdout: '',
        stderr: `s2i-incremental: ${message}\ns2i-incremental: s2i-incremental serve --help tells more\n`,
      });
    });
  }

  it('reports an unusable file of client CAs in one line', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'clients.crt');
    const args = ['serve', '--standalone', ...anyPorts, '--cert-dir', join(folder, 'certs'), '--client-ca', file];
    const { status, stderr } = await runCommand(args);
    assert.equal(status, 1);
    assert.match(stderr, /^s2i-incremental: .*clients\.crt: cannot be read as CA certificates: ENOENT: .*\n$/);
  });

  it('reports an unreadable file for registries in one line', async () => {
    const environment = {
      S2I_INCREMENTAL_REGISTRY_CHECK: 'true',
      S2I_INCREMENTAL_REGISTRY_CREDENTIALS_FILE: '/nowhere/.dockerconfigjson',
    };
    const { status, stderr } = await runCommand(['serve', '--standalone', ...anyPorts], { environment });
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^s2i-incremental: registry\.credentialsFile: \/nowhere\/\.dockerconfigjson cannot be read: ENOENT: .*\n/,
    );
  });

  it('asks the registry for the digest of a base image, and counts the request', async (t) => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const { host } = await startOddRegistry(t, (_request, response) =>
      response.writeHead(200, { 'docker-content-digest': digest }).end(),
    );
    const certs = temporaryFolder(t);
    const { terminal } = startServe(t, ['--standalone', '--cert-dir', certs], {
      S2I_INCREMENTAL_REGISTRY_RESOLVE_BASE: 'true',
      S2I_INCREMENTAL_REGISTRY_PLAIN_HTTP: `["${host}"]`,
    });
    const lines = await terminal.logUntil(listening);
    const ca = readFileSync(join(certs, 'ca.crt'), 'utf8');
    const from = { kind: 'DockerImage', name: `${host}/python:3.12` };
    const build = exampleBuild({ spec: { strategy: { sourceStrategy: { from } } } });
    const { text } = await send(urlIn(lines, listening), ca, reviewOf(build));
    const annotation = '/metadata/annotations/s2i-incremental.io~1origin-from';
    assert.equal(
      patchIn(text).find(({ path }) => path === annotation)?.value,
      `DockerImage/${host}/python:3.12@${digest}`,
    );
    const metrics = await send(`${urlIn(lines, probes)}/metrics`, ca, '', { method: 'GET' });
    assert.match(metrics.text, /^s2i_incremental_registry_requests_total\{result="present"\} 1$/m);
  });

  it('admits the configured callers, and logs others', async (t) => {
    const folder = temporaryFolder(t);
    const certs = join(folder, 'certs');
    const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
    const authority = await createAuthority('clients', validity);
    writeFileSync(join(folder, 'clients.crt'), authority.cert);
    const { terminal } = startServe(t, [
      ...['--standalone', '--cert-dir', certs],
      ...['--client-ca', join(folder, 'clients.crt'), '--client-names', 'nobody, somebody'],
    ]);
    const url = urlIn(await terminal.logUntil(listening), listening);
    const ca = readFileSync(join(certs, 'ca.crt'), 'utf8');
    await assert.rejects(send(url, ca, reviewOf(exampleBuild())), { code: /CERTIFICATE_REQUIRED|ECONNRESET/ });
    const call = async (name: string) => {
      const client = await createClientCertificate(authority, name);
      const outgoing = httpsRequest(url, { ...client, ca, method: 'GET', servername: 'localhost', agent: false });
      outgoing.end();
      return (await readAnswer(outgoing)).status;
    };
    assert.deepEqual([await call('somebody'), await call('mallory')], [405, 403]);
    const refused = (await terminal.logUntil('refused a caller: client name not allowed')).at(-1);
    assert.deepEqual(
      [refused?.['level'], refused?.['names'], refused?.['address']],
      ['warn', ['mallory'], '127.0.0.1'],
    );
  });

  it('reports an unreachable cluster at once, and stops at SIGTERM', async (t) => {
    const folder = temporaryFolder(t);
    const kubeconfig = join(folder, 'kubeconfig');
    const cluster = { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'a', cluster }],
        users: [{ name: 'a', user: {} }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        'current-context': 'a',
      }),
    );
    const { terminal, stop } = startServe(t, ['--kubeconfig', kubeconfig], inSecret);
    const lines = await terminal.logUntil('listening for build pods');
    const answer = await send(`${urlIn(lines, probes)}/readyz`, '', '', { method: 'GET' });
    assert.equal(answer.status, 503);
    assert.match(answer.text, /^\[-\] running: starting\n\[-\] certificate: .*ECONNREFUSED/);
    assert.equal((await send(`${urlIn(lines, probes)}/healthz`, '', '', { method: 'GET' })).status, 200);
    assert.equal(await stop(), 0);
  });

  it('has a help text for each command', async () => {
    for (const command of [[], ...commands.map(({ name }) => [name])]) {
      const { status, stdout, stderr } = await runCommand([...command, '--help']);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.match(stdout, /^Usage: s2i-incremental /);
      assert.deepEqual(
        stdout.split('\n').filter((line) => line.length > 125),
        [],
      );
    }
    assert.deepEqual((await runCommand([])).status, 2);
  });
});
