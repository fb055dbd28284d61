import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/openshift/json.ts';
import {
  type BuildOrigin,
  decodeBuildOrigin,
  encodeBuildOrigin,
  isReplacedOutput,
  settingsOf,
} from '../../../src/policy/build-origin.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const origin: BuildOrigin = {
  from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' },
  incremental: true,
  scripts: 'http://scripts.example.com/s2i',
  pullSecret: { name: 'pull' },
  output: { kind: 'DockerImage', name: 'harbor.example.com/team/app:1.0' },
  pushSecret: { name: 'push' },
  env: [
    { name: 'A', value: '1' },
    { name: 'B', value: '' },
  ],
};
const nothing: BuildOrigin = {
  from: null,
  incremental: null,
  scripts: null,
  pullSecret: null,
  output: null,
  pushSecret: null,
  env: [],
};

/** Returns the annotation with some fields replaced; undefined removes one. */
function forged(changes: JsonObject): string {
  return JSON.stringify({ ...(JSON.parse(encodeBuildOrigin(origin)) as JsonObject), ...changes });
}

describe('encodeBuildOrigin and decodeBuildOrigin', () => {
  it('return compact JSON in a fixed order', () => {
    assert.equal(
      encodeBuildOrigin(origin),
      '{"version":1,"from":{"kind":"ImageStreamTag","namespace":"openshift","name":"python:3.12"},"incremental":true,' +
        '"scripts":"http://scripts.example.com/s2i","pullSecret":{"name":"pull"},' +
        '"output":{"kind":"DockerImage","name":"harbor.example.com/team/app:1.0"},"pushSecret":{"name":"push"},' +
        '"env":["A","B"],"values":["1",""]}',
    );
  });

  it('decode what was encoded', () => {
    const name = fc.string({ unit: 'binary' });
    const reference = fc.option(
      fc
        .record({ kind: name, namespace: name, uid: name, apiVersion: name }, { requiredKeys: [] })
        .chain((fields) => name.map((text) => ({ ...fields, name: text }))),
    );
    const origins: fc.Arbitrary<BuildOrigin> = fc.record({
      from: reference,
      incremental: fc.option(fc.boolean()),
      scripts: fc.option(name),
      pullSecret: reference,
      output: reference,
      pushSecret: reference,
      env: fc.array(fc.tuple(name, name).map(([key, value]) => ({ name: key, value }))),
    });
    fc.assert(
      fc.property(origins, (each) => assert.deepEqual(decodeBuildOrigin(encodeBuildOrigin(each)), { ...each })),
    );
    assert.deepEqual(decodeBuildOrigin(encodeBuildOrigin(nothing)), nothing);
  });

  it('decode a missing field as null', () => {
    assert.deepEqual(decodeBuildOrigin('{"version":1,"env":[],"values":[]}'), nothing);
  });

  it('decode names without values, and a missing version', () => {
    assert.deepEqual(decodeBuildOrigin('{"env":["A","B"]}'), {
      ...nothing,
      env: [
        { name: 'A', value: undefined },
        { name: 'B', value: undefined },
      ],
    });
  });

  it('keep only fields of a reference that a spec may have', () => {
    const from = {
      name: 'a',
      kind: 'DockerImage',
      evil: true,
      __proto: 'x',
      namespace: 1,
      fieldPath: 'p',
      resourceVersion: '1',
    };
    assert.deepEqual(decodeBuildOrigin(forged({ from }))?.from, {
      kind: 'DockerImage',
      name: 'a',
      resourceVersion: '1',
      fieldPath: 'p',
    });
  });

  const broken: readonly [title: string, text: string][] = [
    ['an empty text', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"1"'],
    ['another version', forged({ version: 2 })],
    ['a version that is a text', forged({ version: '1' })],
    ...['from', 'pullSecret', 'output', 'pushSecret'].flatMap((key): [string, string][] => [
      [`${key} that is a text`, forged({ [key]: 'a' })],
      [`${key} without name`, forged({ [key]: { kind: 'DockerImage' } })],
      [`${key} with a name that is no text`, forged({ [key]: { name: 1 } })],
      [`${key} that is a list`, forged({ [key]: [{ name: 'a' }] })],
      [`${key} that is false`, forged({ [key]: false })],
    ]),
    ['incremental that is a text', forged({ incremental: 'true' })],
    ['scripts that are a number', forged({ scripts: 1 })],
    ['no env', forged({ env: undefined })],
    ['env that is no list', forged({ env: 'A', values: ['1'] })],
    ['fewer values than names', forged({ values: ['1'] })],
    ['more values than names', forged({ values: ['1', '2', '3'] })],
    ['a name that is no text', forged({ env: ['A', 2] })],
    ['a value that is no text', forged({ values: ['1', null] })],
  ];
  for (const [title, text] of broken) {
    it(`reject ${title}`, () => {
      assert.equal(decodeBuildOrigin(text), undefined);
    });
  }
});

describe('settingsOf', () => {
  it('reads the settings of a Build', () => {
    const strategy = {
      from: { ...origin.from },
      incremental: true,
      scripts: origin.scripts,
      pullSecret: { name: 'pull' },
    };
    const { env, ...settings } = origin;
    assert.deepEqual(
      settingsOf({ spec: { output: { to: { ...origin.output }, pushSecret: { name: 'push' } } } }, strategy),
      settings,
    );
  });

  it('returns null for absent or malformed settings', () => {
    const { env, ...settings } = nothing;
    assert.deepEqual(settingsOf({}, {}), settings);
    const odd = { from: 'a', incremental: 'true', scripts: 1, pullSecret: { name: 1 } };
    assert.deepEqual(settingsOf({ spec: { output: { to: null, pushSecret: [] } } }, odd), settings);
    assert.equal(settingsOf(exampleBuild(), { incremental: false, scripts: '' }).incremental, false);
    assert.equal(settingsOf(exampleBuild(), { incremental: false, scripts: '' }).scripts, '');
  });
});

describe('isReplacedOutput', () => {
  const rows: readonly [title: string, origin: BuildOrigin | undefined, reference: string, expected: boolean][] = [
    ['another reference', origin, 'harbor.example.com/team/app:2', true],
    ['the recorded reference', origin, 'harbor.example.com/team/app:1.0', false],
    ['no recorded output', nothing, 'harbor.example.com/team/app:2', false],
    ['no origin', undefined, 'harbor.example.com/team/app:2', false],
  ];
  for (const [title, given, reference, expected] of rows) {
    it(`returns ${String(expected)} for ${title}`, () => {
      assert.equal(isReplacedOutput(given, reference), expected);
    });
  }
});
