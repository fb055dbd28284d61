import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ImageReference,
  isDigest,
  isTag,
  parseImageReference,
  registryOf,
  repositoryOf,
} from '../../../src/openshift/image-reference.ts';

const sha256 = `sha256:${'0a'.repeat(32)}`;
const sha384 = `sha384:${'1b'.repeat(48)}`;
const sha512 = `sha512:${'2c'.repeat(64)}`;

/** Returns a repository of a given length: a host of 12 characters, a slash, and a path. */
function repositoryOfLength(length: number): string {
  return `h.example.io/${'x'.repeat(length - 13)}`;
}

const rows: readonly [
  text: string,
  registry: string | undefined,
  path: string,
  tag?: string | undefined,
  digest?: string,
][] = [
  ['app', undefined, 'app'],
  ['app:1.0', undefined, 'app', '1.0'],
  ['team/app', undefined, 'team/app'],
  ['team/app:1', undefined, 'team/app', '1'],
  ['docker.io/library/app', 'docker.io', 'library/app'],
  ['harbor.example.com/team/app', 'harbor.example.com', 'team/app'],
  ['harbor.example.com/team/app:1.0', 'harbor.example.com', 'team/app', '1.0'],
  [`harbor.example.com/team/app@${sha256}`, 'harbor.example.com', 'team/app', undefined, sha256],
  [`harbor.example.com/team/app@${sha384}`, 'harbor.example.com', 'team/app', undefined, sha384],
  [`harbor.example.com/team/app@${sha512}`, 'harbor.example.com', 'team/app', undefined, sha512],
  [`harbor.example.com/team/app:1.0@${sha256}`, 'harbor.example.com', 'team/app', '1.0', sha256],
  ['HARBOR.example.com/app', 'HARBOR.example.com', 'app'],
  // A colon after the last slash starts a tag, one before it a port.
  ['localhost:5000', undefined, 'localhost', '5000'],
  ['localhost:5000/x', 'localhost:5000', 'x'],
  ['localhost:5000/x:1', 'localhost:5000', 'x', '1'],
  ['localhost/x', 'localhost', 'x'],
  ['localhost', undefined, 'localhost'],
  ['registry/x', undefined, 'registry/x'],
  ['registry:80/x', 'registry:80', 'x'],
  ['10.0.0.1/x', '10.0.0.1', 'x'],
  ['[fd00::1]/x', '[fd00::1]', 'x'],
  ['[fd00::1]:5000/x:1', '[fd00::1]:5000', 'x', '1'],
  ['a/b.c/d_e/f__g/h-i/j--k/l---m', undefined, 'a/b.c/d_e/f__g/h-i/j--k/l---m'],
  [`app:${'t'.repeat(128)}`, undefined, 'app', 't'.repeat(128)],
  ['app:_tag', undefined, 'app', '_tag'],
  [repositoryOfLength(255), 'h.example.io', 'x'.repeat(242)],
  [`${repositoryOfLength(255)}:${'t'.repeat(128)}@${sha512}`, 'h.example.io', 'x'.repeat(242), 't'.repeat(128), sha512],
];

const refused: readonly string[] = [
  '',
  ':',
  '@',
  ':1',
  '/app',
  'app/',
  'a//b',
  'app:',
  'app:.tag',
  'app:-tag',
  'app:a b',
  'app:ä',
  `app:${'t'.repeat(129)}`,
  repositoryOfLength(256),
  'App',
  'team/App',
  'UPPER/app',
  'harbor.example.com/Team/app',
  'harbor.example.com/',
  'harbor.example.com//app',
  'harbor.example.com/team/app:1/2',
  '-a',
  'a-',
  'a/.b',
  'a/b.',
  'a/b..c',
  'a/b___c',
  'a/b._c',
  'a/b c',
  'a\n',
  '-host.example.com/x',
  'host-.example.com/x',
  'host..example.com/x',
  'host.example.com:/x',
  'host.example.com:port/x',
  'http://host.example.com/x',
  'host.example.com:1:2/x',
  '[fd00::1/x',
  '[fd00::g]:1/x',
  'fd00::1/x',
  'app@',
  'app@sha256',
  'app@sha256:',
  `app@${sha256.slice(0, -1)}`,
  `app@${sha256}0`,
  `app@${sha384.slice(0, -1)}`,
  `app@${sha384}0`,
  `app@${sha512.slice(0, -1)}`,
  `app@${sha512}0`,
  `app@${sha256.replace('0a', '0A')}`,
  `app@${sha256.replace('sha256', 'SHA256')}`,
  `app@md5:${'0'.repeat(32)}`,
  `app@${sha256}@${sha256}`,
  `@${sha256}`,
  `app@${sha256}:1`,
];

describe('parseImageReference', () => {
  for (const [text, registry, path, tag, digest] of rows) {
    it(`reads ${text.slice(0, 60)} (${text.length})`, () => {
      assert.deepEqual(parseImageReference(text), { registry, path, tag, digest });
    });
  }

  for (const text of refused) {
    it(`rejects ${JSON.stringify(text.slice(0, 60))} (${text.length})`, () => {
      assert.equal(parseImageReference(text), undefined);
    });
  }

  it('rejects a text of a megabyte', () => {
    assert.equal(parseImageReference('a'.repeat(1_000_000)), undefined);
    assert.equal(parseImageReference('a/'.repeat(500_000)), undefined);
  });

  it('repositoryOf and registryOf return the written repository and the registry', () => {
    const repositories = ['app', 'team/app:1', `localhost:5000/x:1@${sha256}`, 'docker.io/library/app'].map((text) => {
      const reference = parseImageReference(text);
      return reference === undefined ? undefined : [repositoryOf(reference), registryOf(reference)];
    });
    assert.deepEqual(repositories, [
      ['app', 'docker.io'],
      ['team/app', 'docker.io'],
      ['localhost:5000/x', 'localhost:5000'],
      ['docker.io/library/app', 'docker.io'],
    ]);
  });

  it('parses what was formatted', () => {
    const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
    const registry = fc.oneof(
      fc.constantFrom('localhost', '[fd00::1]', 'host:5000', '[::1]:443'),
      fc
        .tuple(label, label, fc.option(fc.nat({ max: 65_535 })))
        .map(([a, b, port]) => (port === null ? `${a}.${b}` : `${a}.${b}:${port}`)),
    );
    const component = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/);
    const hex = (digits: number) => fc.stringMatching(new RegExp(`^[a-f0-9]{${digits}}$`));
    const reference: fc.Arbitrary<ImageReference> = fc.record({
      registry: fc.option(registry, { nil: undefined }),
      // A first component that looks like a host would be the registry.
      path: fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => ['p', ...components].join('/')),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: undefined }),
      digest: fc.option(
        fc.oneof(
          hex(64).map((digits) => `sha256:${digits}`),
          hex(96).map((digits) => `sha384:${digits}`),
          hex(128).map((digits) => `sha512:${digits}`),
        ),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(reference, (expected) => {
        const tag = expected.tag === undefined ? '' : `:${expected.tag}`;
        const digest = expected.digest === undefined ? '' : `@${expected.digest}`;
        assert.deepEqual(parseImageReference(`${repositoryOf(expected)}${tag}${digest}`), { ...expected });
      }),
    );
  });
});

describe('isTag and isDigest', () => {
  it('isTag accepts only tags', () => {
    const texts = ['1', '_', 'a.b-c_D', 't'.repeat(128), '', '.', '-a', 'a:b', 'a/b', 'a\n', 't'.repeat(129)];
    assert.deepEqual(texts.map(isTag), [true, true, true, true, false, false, false, false, false, false, false]);
  });

  it('isDigest accepts only digests', () => {
    const texts = [
      sha256,
      sha384,
      sha512,
      `${sha256}\n`,
      sha256.slice(7),
      sha256.toUpperCase(),
      `sha512:${'0'.repeat(64)}`,
    ];
    assert.deepEqual(texts.map(isDigest), [true, true, true, false, false, false, false]);
  });
});
