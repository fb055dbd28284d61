import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import { type Features, resolveFeatures } from '../../../src/policy/features.ts';
import { exampleBuild, exampleNamespace } from '../../helpers/fixtures.ts';

const config = parseConfig(
  `assemble: {profiles: {node: {match: nodejs}, python: {match: python}, second: {match: python}, label-only: {}}}`,
  {},
);
const off = parseConfig('incremental: {mode: "false"}\noutput: {timestampTag: false}\nassemble: {wrapper: false}', {});
const [node, python, , labelOnly] = config.assemble.profiles;
const [builtin] = off.assemble.profiles;

function featuresOf(labels: Record<string, string>, given = config, namespace = exampleNamespace()): Features {
  const prefixed = Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [`s2i-incremental.io/${key}`, value]),
  );
  return resolveFeatures(exampleBuild({ metadata: { labels: prefixed } }), namespace, given);
}

const defaults: Features = {
  mode: 'chain',
  timestampTag: true,
  profile: python,
  wrapperProfile: python,
  wrapper: true,
  warnings: [],
};
const allOff: Features = {
  mode: 'off',
  timestampTag: false,
  profile: builtin,
  wrapperProfile: builtin,
  wrapper: false,
  warnings: [],
};

describe('resolveFeatures', () => {
  it('uses the configuration without labels', () => {
    assert.deepEqual(featuresOf({}), defaults);
    assert.deepEqual(featuresOf({}, off), allOff);
  });

  const rows: readonly [label: string, value: string, changes: Partial<Features>][] = [
    ['incremental', 'chain', {}],
    ['incremental', 'false', { mode: 'off' }],
    ['timestamp-tag', 'true', {}],
    ['timestamp-tag', 'false', { timestampTag: false }],
    ['assemble-env', 'python', {}],
    ['assemble-env', 'node', { profile: node, wrapperProfile: node }],
    ['assemble-env', 'label-only', { profile: labelOnly, wrapperProfile: labelOnly }],
    ['assemble-env', 'false', { profile: undefined }],
    ['assemble-wrapper', 'true', {}],
    ['assemble-wrapper', 'false', { wrapper: false }],
  ];
  for (const [label, value, changes] of rows) {
    it(`uses the label ${label}: ${value}`, () => {
      assert.deepEqual(featuresOf({ [label]: value }), { ...defaults, ...changes });
    });
  }

  it('prefers each label to the configuration', () => {
    const labels = { incremental: 'chain', 'timestamp-tag': 'true', 'assemble-wrapper': 'true' };
    assert.deepEqual(featuresOf(labels, off), { ...defaults, profile: builtin, wrapperProfile: builtin });
  });

  const unknown: readonly [label: string, value: string, allowed: string][] = [
    ['incremental', 'artifacts', 'chain, false'],
    ['incremental', 'true', 'chain, false'],
    ['timestamp-tag', 'yes', 'true, false'],
    ['timestamp-tag', '', 'true, false'],
    ['assemble-env', 'toString', 'false, node, python, second, label-only'],
    ['assemble-wrapper', 'True', 'true, false'],
  ];
  for (const [label, value, allowed] of unknown) {
    it(`uses the default for the unsupported value ${label}: ${JSON.stringify(value)}, and warns`, () => {
      const text = `label s2i-incremental.io/${label}: unsupported value "${value}", using the default; allowed: ${allowed}`;
      const warning = text.length > 120 ? `${text.slice(0, 117)}...` : text;
      assert.deepEqual(featuresOf({ [label]: value }), { ...defaults, warnings: [warning] });
    });
  }

  it('prefers a label to that of the namespace, and that to the configuration', () => {
    const namespace = exampleNamespace({
      labels: {
        's2i-incremental.io/incremental': 'false',
        's2i-incremental.io/timestamp-tag': 'no',
        's2i-incremental.io/assemble-env': 'false',
        's2i-incremental.io/assemble-wrapper': 'false',
      },
    });
    const warning = `namespace's label s2i-incremental.io/timestamp-tag: unsupported value "no", using the default; allowed: true, false`;
    assert.deepEqual(featuresOf({}, config, namespace), {
      ...defaults,
      mode: 'off',
      profile: undefined,
      wrapper: false,
      warnings: [warning],
    });
    const own = { incremental: 'chain', 'timestamp-tag': 'false', 'assemble-env': 'node', 'assemble-wrapper': 'true' };
    assert.deepEqual(featuresOf(own, config, namespace), {
      ...defaults,
      timestampTag: false,
      profile: node,
      wrapperProfile: node,
    });
    const unknown = `label s2i-incremental.io/incremental: unsupported value "yes", using the default; allowed: chain, false`;
    assert.deepEqual(featuresOf({ incremental: 'yes' }, config, namespace), {
      ...defaults,
      mode: 'off',
      profile: undefined,
      wrapper: false,
      warnings: [unknown, warning],
    });
  });

  it('warns about each label, in a fixed order', () => {
    const { warnings } = featuresOf({
      'assemble-wrapper': '1',
      'assemble-env': '2',
      'timestamp-tag': '3',
      incremental: '4',
    });
    assert.deepEqual(
      warnings.map((text) => text.split(', using')[0]),
      [
        'label s2i-incremental.io/incremental: unsupported value "4"',
        'label s2i-incremental.io/timestamp-tag: unsupported value "3"',
        'label s2i-incremental.io/assemble-env: unsupported value "2"',
        'label s2i-incremental.io/assemble-wrapper: unsupported value "1"',
      ],
    );
  });

  it('matches profiles with the repository of the base image, never its tag or digest', () => {
    const profileFor = (name: string) =>
      resolveFeatures(
        exampleBuild({ spec: { strategy: { sourceStrategy: { from: { kind: 'DockerImage', name } } } } }),
        exampleNamespace(),
        config,
      ).profile?.name;
    assert.deepEqual(
      ['python:3.12', 'registry:5000/ubi9/nodejs-20@sha256:00', 'app:python', 'app@python', 'httpd', 'ruby'].map(
        profileFor,
      ),
      ['python', 'node', undefined, undefined, undefined, 'ruby'],
    );
  });

  it('has no profile without base image, and returns the same twice', () => {
    const build = exampleBuild({ spec: { strategy: { sourceStrategy: { from: null } } } });
    assert.equal(resolveFeatures(build, exampleNamespace(), config).profile, undefined);
    assert.deepEqual(featuresOf({}), featuresOf({}));
  });

  it('uses the first profile for namespace and image, and hides those of other namespaces', () => {
    const tenants = parseConfig(
      `assemble:
        profiles:
          node-a: {like: nodejs, namespaces: [team-a], url: 'https://a.example.com'}
          a: {like: python, namespaces: [team-a, 'a-*'], url: 'https://a.example.com'}
          b: {like: python, namespaces: ['team-b*'], url: 'https://b.example.com'}`,
      {},
    );
    const indexIn = (namespace: string, labels = {}) =>
      featuresOf(labels, tenants, exampleNamespace({ name: namespace })).profile?.env.get('PIP_INDEX_URL');
    assert.deepEqual(
      ['team-a', 'a-1', 'team-b', 'team-b-1', 'team-a-1', 'team-c'].map((namespace) => indexIn(namespace)),
      [
        'https://a.example.com',
        'https://a.example.com',
        'https://b.example.com',
        'https://b.example.com',
        undefined,
        undefined,
      ],
    );
    assert.equal(featuresOf({}, tenants, exampleNamespace({ name: 'team-c' })).profile?.name, 'python');
    assert.equal(indexIn('team-b', { 'assemble-env': 'b' }), 'https://b.example.com');
    const foreign = featuresOf({ 'assemble-env': 'a' }, tenants, exampleNamespace({ name: 'team-b' }));
    assert.equal(foreign.profile?.name, 'b');
    assert.deepEqual(foreign.warnings, [
      'label s2i-incremental.io/assemble-env: unsupported value "a", using the default; allowed: false, b, python, nodejs, j...',
    ]);
  });
});
