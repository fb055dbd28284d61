/** No command lets text from objects, files or answers of the cluster control a terminal. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { type JsonObject, stringAt, withValue } from '../../src/openshift/json.ts';
import { startApiServer } from '../helpers/api-server.ts';
import { enabled, exampleBuild, exampleBuildConfig } from '../helpers/fixtures.ts';
import { runCommand } from '../helpers/terminal.ts';

/** Clears the screen, rings, sets a title, moves a line up, changes the writing direction. */
const hostile = 'a\u001b[2J\u0007\u001b]0;title\u0007\u009b1A\r\u202eb\u2066c\u200f';
const raw = /[^\n\P{C}]/u;

const everywhere = (object: JsonObject): JsonObject =>
  [
    ['spec', 'output', 'to', 'name'],
    ['spec', 'strategy', 'sourceStrategy', 'from', 'name'],
    ['spec', 'strategy', 'sourceStrategy', 'scripts'],
    ['spec', 'source', 'git', 'uri'],
    ['metadata', 'annotations', 's2i-incremental.io/reason'],
    ['metadata', 'annotations', 's2i-incremental.io/previous-build'],
    ['metadata', 'labels', 's2i-incremental.io/incremental'],
    ['status', 'phase'],
  ].reduce((changed, path) => withValue(changed, path, hostile), object);

const buildConfig = everywhere(exampleBuildConfig());
const build = everywhere(
  exampleBuild({
    metadata: {
      annotations: {
        's2i-incremental.io/decision': 'incremental',
        's2i-incremental.io/admitted-as': 'api-1',
        's2i-incremental.io/chain-started': hostile,
      },
    },
  }),
);
const [buildConfigName, buildName] = [buildConfig, build].map(
  (object) => stringAt(object, 'metadata', 'name') ?? '',
) as [string, string];
const namespace = stringAt(build, 'metadata', 'namespace') ?? '';

function fileWith(t: TestContext, content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file.yaml');
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return file;
}

async function clusterWith(t: TestContext, ...objects: readonly JsonObject[]): Promise<readonly string[]> {
  const { kubeconfig } = await startApiServer(t, objects, (stored) => ({
    object: withValue(stored, ['spec', 'output', 'to', 'name'], `${hostile}!`),
    // Other characters cannot be in a header.
    warnings: ['something \u009b1A'],
  }));
  return ['--kubeconfig', kubeconfig, '-n', namespace];
}

/** For each command, command lines that print all its foreign text. */
const cases: Readonly<Record<string, (t: TestContext) => Promise<readonly (readonly string[])[]>>> = {
  status: async (t) => {
    const cluster = await clusterWith(t, withValue(buildConfig, ['metadata', 'labels'], enabled), build);
    return [
      ['status', ...cluster],
      ['status', ...cluster, '-o', 'json'],
      ['status', hostile],
    ];
  },
  enable: async (t) => {
    const cluster = await clusterWith(t, withValue(buildConfig, ['metadata', 'labels'], {}));
    return [
      ['enable', buildConfigName, '--dry-run', ...cluster],
      ['enable', hostile],
    ];
  },
  disable: async (t) => [
    [
      'disable',
      buildConfigName,
      '--dry-run',
      ...(await clusterWith(t, withValue(buildConfig, ['metadata', 'labels'], enabled))),
    ],
  ],
  explain: async (t) => [
    ['explain', buildName, ...(await clusterWith(t, buildConfig, build))],
    ['explain', hostile],
  ],
  serve: (t) => {
    const config = fileWith(t, { output: { timezone: hostile, [hostile]: 1 }, [hostile]: 1 });
    return Promise.resolve([
      ['serve', '--port', hostile],
      ['serve', hostile],
      ['serve', '--config', config],
      ['serve', '--config', hostile.replaceAll('/', '')],
    ]);
  },
  check: async (t) => {
    const cluster = await clusterWith(t, withValue(buildConfig, ['metadata', 'labels'], enabled), build);
    return [
      ['check', ...cluster, '--bc', buildConfigName],
      ['check', ...cluster, '--bc', buildConfigName, '-o', 'json'],
      ['check', '--bc', hostile],
    ];
  },
  preview: (t) => {
    const [one, odd] = [build, withValue(build, ['metadata', 'name'], hostile)].map((object) =>
      fileWith(t, object),
    ) as [string, string];
    const formats = ['diff', 'yaml', 'json', 'patch'].map((format) => ['preview', '-f', one, '-f', odd, '-o', format]);
    const wrong = [`kind: "${JSON.stringify(hostile).slice(1, -1)}"`, `a: *${hostile}`].map((text) => [
      'preview',
      '-f',
      fileWith(t, text),
    ]);
    return Promise.resolve([...formats, ...wrong]);
  },
  demo: () => Promise.resolve([['demo', hostile]]),
  scripts: (t) =>
    Promise.resolve([['scripts'], ['scripts', '--out', join(fileWith(t, ''), hostile.replaceAll('/', ''))]]),
  'assemble-script': () => Promise.resolve([['assemble-script', '--profile', hostile]]),
  completion: () =>
    Promise.resolve([
      ['completion', hostile],
      ['completion', 'zsh'],
    ]),
};

describe('control characters of foreign text', () => {
  it('are tested for every command', () => {
    assert.deepEqual(Object.keys(cases).toSorted(), commands.map(({ name }) => name).toSorted());
  });

  for (const [name, argumentsOf] of Object.entries(cases)) {
    for (const columns of [undefined, 100]) {
      it(`reach no ${columns === undefined ? 'pipe' : 'terminal'} from ${name}`, async (t) => {
        for (const args of await argumentsOf(t)) {
          const { stdout, stderr } = await runCommand(args, columns === undefined ? {} : { columns });
          assert.notEqual(stdout + stderr, '');
          assert.doesNotMatch(stdout + stderr, raw, JSON.stringify([args, stdout, stderr]));
        }
      });
    }
  }

  it('are escaped in YAML and JSON', async (t) => {
    const file = fileWith(t, build);
    const [yaml, json] = await Promise.all(
      ['yaml', 'json'].map((format) =>
        runCommand(['preview', '-f', file, '-o', format, '--now', '2026-01-31T12:00:00Z']),
      ),
    );
    const [fromYaml, fromJson] = [parse(yaml?.stdout ?? '') as unknown, JSON.parse(json?.stdout ?? '') as unknown];
    assert.deepEqual(fromYaml, fromJson);
    assert.equal(stringAt(fromJson, 'spec', 'source', 'git', 'uri'), hostile);
  });

  it('add no colours', async (t) => {
    const [args = []] = (await cases['status']?.(t)) ?? [];
    const { stdout } = await runCommand(args, { columns: 200, hasColour: true });
    assert.ok(stdout.startsWith('\u001b[1mNAME\u001b[22m'));
    const ours = ['1', '22', '31', '32', '33', '39'].map((style) => `\u001b[${style}m`);
    assert.doesNotMatch(
      ours.reduce((text, code) => text.replaceAll(code, ''), stdout),
      raw,
    );
  });
});
