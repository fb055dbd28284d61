import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonObject, at, withValue } from '../../../src/openshift/json.ts';
import { restoreBuildConfig } from '../../../src/policy/restore-build-config.ts';
import { exampleBuildConfig, merge } from '../../helpers/fixtures.ts';
import { frozen } from '../frozen.ts';

const annotation = 's2i-incremental.io/origin';
const strategyPath = ['spec', 'strategy', 'sourceStrategy'];

/** The user's BuildConfig, with a variable. */
const own = exampleBuildConfig();
const settings = {
  from: at(own, ...strategyPath, 'from'),
  incremental: null,
  scripts: null,
  output: at(own, 'spec', 'output'),
  env: ['FOO'],
};
const added = { name: 'PIP_INDEX_URL', value: 'https://pypi.example.com/simple' };
const empty = { name: 'EMPTY', value: '' };

function originOf(changes: JsonObject = {}): string {
  const applied = { incremental: true, env: [added, empty] };
  return JSON.stringify({ version: 1, strategy: 'Source', ...settings, applied, ...changes });
}

function withOrigin(object: JsonObject, text: unknown): JsonObject {
  return text === undefined ? object : withValue(object, ['metadata', 'annotations', annotation], text);
}

/** The stored BuildConfig, with everything applied that the origin records. The server drops the empty value. */
const applied = merge(own, {
  spec: {
    strategy: { sourceStrategy: { incremental: true, env: [{ name: 'FOO', value: 'bar' }, added, { name: 'EMPTY' }] } },
  },
}) as JsonObject;

function restore(object: JsonObject, oldObject?: JsonObject) {
  return restoreBuildConfig(frozen(object), oldObject === undefined ? null : frozen(oldObject));
}

describe('restoreBuildConfig', () => {
  const unreadable = '{"version":2}';
  /** Of this version, for a BuildConfig without applied values. */
  const foreign = originOf({ from: null, applied: {} });
  /** What the webhook writes if the user has set both values. */
  const second = originOf({ incremental: true, applied: {}, env: ['FOO', 'PIP_INDEX_URL', 'EMPTY'] });
  const recorded = { buildConfig: own, origin: 'recorded' };
  const rows: readonly [title: string, origin: unknown, old: unknown, expected: unknown][] = [
    ['none, none', undefined, undefined, { buildConfig: applied, origin: 'none' }],
    ['none, readable', undefined, originOf(), recorded],
    ['none, unreadable', undefined, unreadable, { buildConfig: applied, origin: 'none' }],
    ['unreadable, none', unreadable, undefined, { buildConfig: withOrigin(applied, unreadable), origin: 'unreadable' }],
    ['unreadable, readable', '', originOf(), { buildConfig: withOrigin(applied, ''), origin: 'unreadable' }],
    [
      'unreadable, the same',
      unreadable,
      unreadable,
      { buildConfig: withOrigin(applied, unreadable), origin: 'unreadable' },
    ],
    ['no text, none', 1, undefined, { buildConfig: withOrigin(applied, 1), origin: 'unreadable' }],
    ['readable, none', originOf(), undefined, recorded],
    ['readable, unreadable', originOf(), unreadable, recorded],
    ['readable, the same', originOf(), originOf(), recorded],
    ['of another object, none', foreign, undefined, { buildConfig: applied, origin: 'recorded' }],
    ['of another object, readable', foreign, originOf(), recorded],
    ['of this object, readable', second, originOf(), { buildConfig: applied, origin: 'recorded' }],
  ];
  for (const [title, origin, old, expected] of rows) {
    it(`uses the origin of the object and its old version: ${title}`, () => {
      assert.deepEqual(restore(withOrigin(applied, origin), withOrigin(applied, old)), expected);
    });
  }

  it('keeps what the user changed since', () => {
    const edited = withOrigin(
      merge(applied, {
        metadata: { annotations: { team: 'web' } },
        spec: {
          strategy: {
            sourceStrategy: {
              incremental: false,
              env: [
                { ...added, value: 'own' },
                { name: 'EMPTY', valueFrom: {} },
              ],
            },
          },
        },
      }) as JsonObject,
      originOf(),
    );
    const expected = merge(edited, { metadata: { annotations: { [annotation]: null } } });
    assert.deepEqual(restore(edited).buildConfig, expected);
  });

  it('leaves no empty map or list, except those from before', () => {
    const bare = { metadata: { name: 'api' }, spec: { strategy: { sourceStrategy: {} } } };
    const full = (origin: string) => ({
      metadata: { name: 'api', annotations: { [annotation]: origin } },
      spec: { strategy: { sourceStrategy: { incremental: true, env: [added] } } },
    });
    assert.deepEqual(restore(full(originOf())).buildConfig, bare);
    const forms = { annotations: {}, env: null, incremental: null };
    assert.deepEqual(restore(full(originOf({ empty: forms }))).buildConfig, {
      metadata: { name: 'api', annotations: {} },
      spec: { strategy: { sourceStrategy: { incremental: null, env: null } } },
    });
  });

  it('creates no strategy', () => {
    const docker = {
      metadata: { annotations: { [annotation]: originOf() } },
      spec: { strategy: { dockerStrategy: {} } },
    };
    assert.deepEqual(restore(docker).buildConfig, { metadata: {}, spec: { strategy: { dockerStrategy: {} } } });
  });

  const damaged: readonly [title: string, text: string][] = [
    ['no JSON', '{"version":1'],
    ['a list', '[]'],
    ['no version', originOf({ version: undefined })],
    ['a future version', originOf({ version: 2 })],
    ['another strategy', originOf({ strategy: 'Docker' })],
    ...['from', 'incremental', 'scripts', 'output', 'env', 'applied'].map((key): [string, string] => [
      `${key} of another kind`,
      originOf({ [key]: 1 }),
    ]),
    ['no env', originOf({ env: undefined })],
    ['names that are no strings', originOf({ env: [1] })],
    ['applied incremental: false', originOf({ applied: { incremental: false } })],
    ['applied env that is no list', originOf({ applied: { env: {} } })],
    ['an applied variable without a value', originOf({ applied: { env: [{ name: 'A' }] } })],
    ['an empty value that is not empty', originOf({ empty: { env: [added] } })],
    ['empty values that are no map', originOf({ empty: [] })],
    ['an empty list for a boolean field', originOf({ empty: { incremental: [] } })],
  ];
  for (const [title, text] of damaged) {
    it(`restores nothing from ${title}`, () => {
      const object = withOrigin(applied, text);
      assert.deepEqual(restore(object), { buildConfig: object, origin: 'unreadable' });
    });
  }

  it('ignores unknown keys', () => {
    assert.deepEqual(restore(withOrigin(applied, originOf({ more: 1, empty: { more: 1 } }))), recorded);
  });

  it('takes time linear in the size', () => {
    const variables = Array.from({ length: 20_000 }, (_, index) => ({ name: `V${index}`, value: 'x' }));
    const large = withValue(applied, [...strategyPath, 'env'], [{ name: 'FOO', value: 'bar' }, ...variables]);
    const { buildConfig } = restore(withOrigin(large, originOf({ applied: { env: variables } })));
    assert.deepEqual(buildConfig, withValue(large, [...strategyPath, 'env'], [{ name: 'FOO', value: 'bar' }]));
  });
});
