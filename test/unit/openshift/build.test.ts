import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildConfigOf,
  buildInputsOf,
  buildNumberOf,
  referenceKeyOf,
  envNamesOf,
  repositoryTextOf,
  sourceOf,
  sourceStrategyOf,
  durationOf,
} from '../../../src/openshift/build.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

describe('sourceStrategyOf and envNamesOf', () => {
  it('read the Source strategy of a recorded Build', () => {
    assert.deepEqual(sourceStrategyOf(exampleBuild())?.['env'], [
      { name: 'FOO', value: 'bar' },
      { name: 'X', value: 'y' },
    ]);
    assert.deepEqual(envNamesOf(exampleBuild()), ['FOO', 'X']);
  });

  it('return nothing for another strategy', () => {
    const docker = { spec: { strategy: { type: 'Docker', dockerStrategy: { env: [{ name: 'A', value: '1' }] } } } };
    assert.equal(sourceStrategyOf(docker), undefined);
    assert.deepEqual(envNamesOf(docker), []);
  });

  it('ignore malformed variables', () => {
    const env = [{ name: 'A' }, null, 'B', { value: 'C' }, { name: 1 }, { name: 'D', valueFrom: {} }];
    assert.deepEqual(envNamesOf({ spec: { strategy: { sourceStrategy: { env } } } }), ['A', 'D']);
    assert.deepEqual(envNamesOf({ spec: { strategy: { sourceStrategy: { env: { name: 'A' } } } } }), []);
  });
});

describe('buildConfigOf', () => {
  const rows: readonly [title: string, owners: unknown, annotation: string | undefined, expected: unknown][] = [
    ['one owner', [{ kind: 'BuildConfig', name: 'app', uid: 'u' }], undefined, { name: 'app', uid: 'u' }],
    [
      'the whole name from the annotation',
      [{ kind: 'BuildConfig', name: 'app', uid: 'u' }],
      'whole',
      { name: 'whole', uid: 'u' },
    ],
    [
      'the BuildConfig among several owners',
      [
        { kind: 'Pipeline', name: 'p', uid: '1' },
        { kind: 'BuildConfig', name: 'app', uid: '2' },
        { kind: 'BuildConfig', name: 'b', uid: '3' },
      ],
      undefined,
      { name: 'app', uid: '2' },
    ],
    [
      'an owner with all it needs after one without',
      [
        { kind: 'BuildConfig', name: 'a' },
        { kind: 'BuildConfig', uid: '1' },
        { kind: 'BuildConfig', name: '', uid: '1' },
        { kind: 'BuildConfig', name: 'b', uid: '' },
        null,
        'x',
        { kind: 'BuildConfig', name: 'app', uid: '2' },
      ],
      undefined,
      { name: 'app', uid: '2' },
    ],
    ['no uid', [{ kind: 'BuildConfig', name: 'app' }], 'app', undefined],
    ['a uid that is no text', [{ kind: 'BuildConfig', name: 'app', uid: 1 }], 'app', undefined],
    ['a uid of 3 MB', [{ kind: 'BuildConfig', name: 'app', uid: 'u'.repeat(3_000_000) }], 'app', undefined],
    ['a uid that is a path', [{ kind: 'BuildConfig', name: 'app', uid: '../x' }], 'app', undefined],
    ['a name that leads elsewhere', [{ kind: 'BuildConfig', name: '..', uid: 'u' }], undefined, undefined],
    ['an annotation that leads elsewhere', [{ kind: 'BuildConfig', name: 'app', uid: 'u' }], '..', undefined],
    ['a foreign kind', [{ kind: 'Deployment', name: 'app', uid: 'u' }], 'app', undefined],
    ['no owner', [], 'app', undefined],
    ['owners that are no list', { kind: 'BuildConfig', name: 'app', uid: 'u' }, 'app', undefined],
    ['owners that are absent', undefined, 'app', undefined],
  ];
  for (const [title, ownerReferences, annotation, expected] of rows) {
    it(title, () => {
      const annotations = annotation === undefined ? {} : { 'openshift.io/build-config.name': annotation };
      assert.deepEqual(buildConfigOf({ metadata: { ownerReferences, annotations } }), expected);
    });
  }
});

describe('buildNumberOf', () => {
  const rows: readonly [name: string | undefined, annotation: unknown, expected: number | undefined][] = [
    ['app-7', '12', 12],
    ['app-7', undefined, 7],
    ['app-1-23', undefined, 23],
    ['app-7', 12, 7],
    ['app', '0', 0],
    ['app', '007', 7],
    ['app', '999999999999999', 999_999_999_999_999],
    ['app', '1000000000000000', undefined],
    ['app-1000000000000000', undefined, undefined],
    ['app-7', '', undefined],
    ['app-7', 'seven', undefined],
    ['app-7', '-1', undefined],
    ['app-7', '1.5', undefined],
    ['app-7', '1e3', undefined],
    ['app-7', ' 1', undefined],
    ['app-7', '٣', undefined],
    ['app', undefined, undefined],
    ['app7', undefined, undefined],
    ['app-7x', undefined, undefined],
    [undefined, undefined, undefined],
  ];
  for (const [name, annotation, expected] of rows) {
    it(`name ${String(name)}, annotation ${JSON.stringify(annotation)}: ${String(expected)}`, () => {
      const annotations = { 'openshift.io/build.number': annotation };
      assert.equal(buildNumberOf({ metadata: { name, annotations } }), expected);
    });
  }
});

describe('referenceKeyOf', () => {
  const rows: readonly [reference: unknown, expected: string][] = [
    [{ kind: 'DockerImage', name: 'app:1' }, 'DockerImage/app:1'],
    [{ kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' }, 'ImageStreamTag/openshift/python:3.12'],
    [{ kind: 'DockerImage' }, ''],
    [{ name: 'app' }, ''],
    [{ kind: 1, name: 'app' }, ''],
    [undefined, ''],
    [null, ''],
    ['DockerImage/app', ''],
  ];
  for (const [reference, expected] of rows) {
    it(`${JSON.stringify(reference)}: ${JSON.stringify(expected)}`, () => {
      assert.equal(referenceKeyOf(reference), expected);
    });
  }
});

describe('repositoryTextOf', () => {
  const rows: readonly [name: unknown, expected: string][] = [
    ['python', 'python'],
    ['python:3.12', 'python'],
    ['host:5000/python', 'host:5000/python'],
    ['host:5000/python:3.12', 'host:5000/python'],
    ['host:5000/python:3.12@sha256:00', 'host:5000/python'],
    ['host/team/python@sha256:00', 'host/team/python'],
    ['[fd00::1]:5000/python:1', '[fd00::1]:5000/python'],
    ['', ''],
    [undefined, ''],
    [1, ''],
  ];
  for (const [name, expected] of rows) {
    it(`${JSON.stringify(name)}: ${JSON.stringify(expected)}`, () => {
      assert.equal(repositoryTextOf({ kind: 'DockerImage', name }), expected);
    });
  }

  it('is empty without a reference', () => {
    assert.deepEqual([undefined, null, 'python', []].map(repositoryTextOf), ['', '', '', '']);
  });
});

describe('durationOf', () => {
  const times = { startTimestamp: '2026-01-31T12:00:00Z', completionTimestamp: '2026-01-31T12:01:30Z' };
  const rows: readonly [status: JsonObject, seconds: number | undefined][] = [
    [{ duration: 31_400_000_000, ...times }, 31],
    [{ duration: 0, ...times }, 90],
    [{ duration: '31s', ...times }, 90],
    [times, 90],
    [{ startTimestamp: times.startTimestamp }, undefined],
    [{ startTimestamp: times.completionTimestamp, completionTimestamp: times.startTimestamp }, undefined],
    [{ startTimestamp: 'noon', completionTimestamp: 'later' }, undefined],
    [{}, undefined],
  ];
  for (const [status, seconds] of rows) {
    it(`is ${seconds ?? 'unknown'} for ${JSON.stringify(status)}`, () => {
      assert.equal(durationOf({ status }), seconds);
    });
  }
});

describe('buildInputsOf', () => {
  const inputsOf = (source: JsonObject | null) => buildInputsOf({ spec: { source } });
  const secret = { secret: { name: 'settings' }, destinationDir: 'conf' };
  const configMap = { configMap: { name: 'settings' } };
  const image = (name: string, ...folders: readonly string[]) => ({
    from: { kind: 'DockerImage', name },
    paths: folders.map((destinationDir) => ({ sourcePath: '/opt/.', destinationDir })),
  });
  const wrapper = image('quay.example.com/scripts:1', '.s2i-incremental-scripts');

  it('is empty with only git, or only the wrapper', () => {
    for (const source of [null, {}, { git: { uri: 'a' }, contextDir: 'b' }, { secrets: [], images: [wrapper] }]) {
      assert.equal(inputsOf(source), '');
    }
  });

  it('is equal in another order, with another digest, and with or without the wrapper', () => {
    const one = { secrets: [secret], configMaps: [configMap], images: [image('quay.example.com/a:1', 'x', 'y')] };
    const other = {
      images: [wrapper, image(`quay.example.com/a@sha256:${'1'.repeat(64)}`, 'y', 'x')],
      configMaps: [configMap],
      secrets: [{ ...secret, destinationDir: 'conf' }],
    };
    assert.equal(inputsOf(one), inputsOf(other));
    assert.notEqual(inputsOf(one), '');
  });

  it('differs with a name, a folder or a kind', () => {
    const sources: readonly JsonObject[] = [
      {},
      { secrets: [secret] },
      { secrets: [{ ...secret, destinationDir: 'other' }] },
      { secrets: [{ secret: { name: 'settings' } }] },
      { secrets: [{ ...secret, secret: { name: 'other' } }] },
      { secrets: [secret, { secret: { name: 'other' } }] },
      { configMaps: [configMap] },
      { images: [image('quay.example.com/a:1', 'x')] },
      { images: [image('quay.example.com/b:1', 'x')] },
      { images: [image('quay.example.com/a:1', 'y')] },
      { images: [{ ...image('quay.example.com/a:1', 'x'), paths: [{ sourcePath: '/srv', destinationDir: 'x' }] }] },
      { images: [image('quay.example.com/a:1', 'x"],["image')] },
    ];
    assert.equal(new Set(sources.map(inputsOf)).size, sources.length);
  });

  it('ignores malformed inputs', () => {
    assert.equal(inputsOf({ secrets: 'x', configMaps: {}, images: [null, { paths: [] }] }), '');
  });
});

describe('sourceOf', () => {
  const of = (uri: string, contextDir?: string) => sourceOf({ spec: { source: { git: { uri }, contextDir } } });
  const shop = 'https://git.example.com/web/shop';
  const same: readonly [uri: string, contextDir?: string][] = [
    [shop],
    [`${shop}.git`],
    [`${shop}/`],
    [`${shop}.git/`],
    [shop, ''],
    [shop, '.'],
    [shop, '/'],
    [shop, './'],
  ];
  for (const [uri, contextDir] of same) {
    it(`treats ${uri} ${contextDir ?? ''} as the same source`, () => assert.equal(of(uri, contextDir), of(shop)));
  }
  it('treats equal folders in any spelling as the same', () => {
    assert.deepEqual(
      [...new Set(['app', './app', '/app/', 'app/.', 'app//'].map((dir) => of(shop, dir)))],
      [`${shop} app`],
    );
  });
  it('distinguishes other repositories and folders', () => {
    const sources = [of(shop), of(`${shop}2`), of(shop, 'app'), of(shop, 'a/pp'), of(shop, '..'), of('')];
    assert.equal(new Set(sources).size, sources.length);
  });
});

it('envNamesOf ignores names that the platform adds', () => {
  const env = ['BUILD_LOGLEVEL', 'A', 'OPENSHIFT_BUILD_NAME', 'BUILD_LOGLEVEL_2'].map((name) => ({ name, value: '5' }));
  assert.deepEqual(envNamesOf({ spec: { strategy: { sourceStrategy: { env } } } }), ['A', 'BUILD_LOGLEVEL_2']);
});
