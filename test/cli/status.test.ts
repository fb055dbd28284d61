import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import type { JsonObject } from '../../src/openshift/json.ts';
import { startApiServer } from '../helpers/api-server.ts';
import { exampleBuild, exampleBuildConfig } from '../helpers/fixtures.ts';
import { type TerminalOptions, runCommand } from '../helpers/terminal.ts';

const digest = `sha256:${'8d52e7b6'.repeat(8)}`;
const optedOut = exampleBuildConfig({ metadata: { name: 'old', uid: 'uid-of-old', labels: null } });
const build = exampleBuild({
  metadata: {
    annotations: {
      's2i-incremental.io/decision': 'full',
      's2i-incremental.io/reason': 'first_build',
      's2i-incremental.io/admitted-as': 'api-1',
      's2i-incremental.io/chain-depth': '0',
      's2i-incremental.io/chain-started': '2026-01-31T11:00:00Z',
    },
  },
  status: { phase: 'Complete', duration: 125e9, output: { to: { imageDigest: digest } } },
});

async function run(t: TestContext, args: readonly string[], options: TerminalOptions = {}, objects?: JsonObject[]) {
  const { kubeconfig } = await startApiServer(t, objects ?? [exampleBuildConfig(), optedOut, build]);
  const [command = '', ...rest] = args;
  return runCommand([command, '--kubeconfig', kubeconfig, ...rest], options);
}

describe('status', () => {
  const image = 'harbor.example.com/test/pyflask@sha256:8d52e7b6…';
  const whole = `harbor.example.com/test/pyflask@${digest}`;
  const rows: readonly [title: string, args: readonly string[], columns: number | undefined, image: string][] = [
    ['shortens digests on a terminal', ['status'], 200, image],
    ['has whole values there if asked to', ['status', '-o', 'wide'], 200, whole],
    ['has whole values where it is piped', ['status'], undefined, whole],
  ];
  for (const [title, args, columns, shown] of rows) {
    it(title, async (t) => {
      const { status, stdout } = await run(t, args, columns === undefined ? {} : { columns });
      const gap = ' '.repeat(shown.length - 'PREVIOUS IMAGE'.length);
      assert.equal(status, 0);
      assert.equal(
        stdout.split('\n').slice(0, 2).join('\n'),
        `NAME   LAST    DECISION   REASON        CHAIN   PREVIOUS IMAGE${gap}   FULL    INCREMENTAL   SAVED
api    api-1   full       first_build   0       ${shown}   2m05s   -             0s`,
      );
    });
  }

  it('of names reports missing BuildConfigs and those that have not opted in', async (t) => {
    const { status, stdout, stderr } = await run(t, ['status', 'api', 'old', 'none', '-n', 'test', '-o', 'json']);
    assert.equal(status, 1);
    assert.deepEqual(
      (JSON.parse(stdout) as { items: { name: string }[] }).items.map(({ name }) => name),
      ['api'],
    );
    assert.equal(
      stderr,
      `s2i-incremental: there is no buildconfig/none in namespace test
buildconfig/old has not opted in; to opt in: s2i-incremental enable old -n test
`,
    );
  });

  it('shows BuildConfigs that their namespace opted in, of one namespace and of all', async (t) => {
    const inNamespace = (namespace: string, name: string, labels: JsonObject | null) =>
      exampleBuildConfig({ metadata: { namespace, name, uid: `uid-of-${name}`, labels } });
    const objects = [
      { kind: 'Namespace', metadata: { name: 'team', labels: { 's2i-incremental.io/enabled': 'true' } } },
      { kind: 'Namespace', metadata: { name: 'other' } },
      inNamespace('team', 'plain', null),
      inNamespace('team', 'labelled', { 's2i-incremental.io/enabled': 'true' }),
      inNamespace('team', 'out', { 's2i-incremental.io/enabled': 'false' }),
      inNamespace('other', 'elsewhere', null),
    ];
    const namesOf = async (...args: string[]) => {
      const { stdout } = await run(t, ['status', '-o', 'json', ...args], {}, objects);
      return (JSON.parse(stdout) as { items: { name: string }[] }).items.map(({ name }) => name);
    };
    assert.deepEqual(await namesOf('-A'), ['labelled', 'plain']);
    assert.deepEqual(await namesOf('-n', 'team'), ['plain', 'labelled']);
    assert.deepEqual(await namesOf('-n', 'other'), []);
  });

  describe('warns that every build will be full', () => {
    const shop = { namespace: 'test', name: 'shop', uid: 'uid-of-shop' };
    const scripts = { strategy: { sourceStrategy: { scripts: 'https://example.com/s2i' } } };
    const own = exampleBuildConfig({ metadata: shop, spec: scripts });
    const handled = exampleBuildConfig({
      metadata: { ...shop, labels: { 's2i-incremental.io/assemble-wrapper': 'false' } },
      spec: scripts,
    });
    const lastReason = (reason: string) =>
      exampleBuild({
        metadata: {
          name: 'shop-1',
          annotations: {
            's2i-incremental.io/decision': 'full',
            's2i-incremental.io/reason': reason,
            's2i-incremental.io/admitted-as': 'shop-1',
          },
          ownerReferences: [{ kind: 'BuildConfig', name: 'shop', uid: 'uid-of-shop', controller: true }],
        },
      });
    const why =
      'every build will be full: it sets scripts; set the label s2i-incremental.io/assemble-wrapper=false if they handle chains\n';
    const rows: readonly [title: string, args: readonly string[], objects: JsonObject[], stderr: string][] = [
      ['with own scripts', [], [own], `Warning: buildconfig/shop: ${why}`],
      ['with the namespace for -A', ['-A'], [own], `Warning: buildconfig/shop in namespace test: ${why}`],
      ['after such a Build', [], [own, lastReason('wrapper_unavailable')], `Warning: buildconfig/shop: ${why}`],
      ['but not after a Build with another reason', [], [own, lastReason('first_build')], ''],
      ['but not if the scripts handle chains', [], [handled], ''],
      ['but not without scripts of its own', [], [exampleBuildConfig()], ''],
      ['but not in JSON', ['-o', 'json'], [own], ''],
    ];
    for (const [title, args, objects, expected] of rows) {
      it(title, async (t) => {
        const { status, stderr } = await run(t, ['status', ...args], {}, objects);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: expected });
      });
    }

    it('if the configuration delivers no wrapper', async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-status-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const file = join(folder, 'config.yaml');
      writeFileSync(file, 'assemble: { baseUrl: "" }');
      const { stderr } = await run(t, ['status', '--config', file], {}, [exampleBuildConfig()]);
      assert.equal(
        stderr,
        'Warning: buildconfig/api: every build will be full: the webhook delivers no assemble wrapper; its admin can set assemble.baseUrl or assemble.image\n',
      );
    });
  });

  it('says how to opt in, with the name of the program', async (t) => {
    assert.deepEqual(await run(t, ['status'], { program: 'oc s2i-incremental' }, []), {
      status: 0,
      stdout: '',
      stderr:
        'No BuildConfig in namespace test has opted in. To opt one in: oc s2i-incremental enable NAME -n test (it sets the label s2i-incremental.io/enabled=true)\n',
    });
  });

  it('needs a cluster', async () => {
    assert.deepEqual(await runCommand(['status']), {
      status: 1,
      stdout: '',
      stderr:
        's2i-incremental: there is no cluster to ask; name one with --kubeconfig FILE or $KUBECONFIG, or log in (oc login)\n',
    });
  });
});

describe('explain', () => {
  it('explains a Build at the current time', async (t) => {
    const { status, stdout } = await run(t, ['explain', 'build/api-1'], { now: Date.parse('2026-01-31T12:00:00Z') });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^build\/api-1 is a full build: it is the first Build since its BuildConfig opted in\.\nIt is Complete; it took 2m05s\.\n/,
    );
    assert.match(
      stdout,
      /^It is the full build at the start of its chain, which started 1h00m ago \(2026-01-31T11:00:00Z\)\.$/m,
    );
  });

  it('reports a missing Build', async (t) => {
    assert.deepEqual(await run(t, ['explain', 'api-9']), {
      status: 1,
      stdout: '',
      stderr:
        's2i-incremental: there is no build/api-9 in namespace test; oc get builds -n test lists those that are kept\n',
    });
  });
});
