import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../../src/config/load-config.ts';
import { type JsonObject, withValue } from '../../../src/openshift/json.ts';
import { decodeKeptBuildConfig, encodeKeptBuildConfig } from '../../../src/policy/kept-build-config.ts';
import { nextBuildOf, planNextBuild } from '../../../src/policy/next-build.ts';
import { checkOptIn } from '../../../src/policy/opt-in.ts';
import * as arbitrary from '../../helpers/arbitraries.ts';
import { exampleBuildConfig, exampleNamespace } from '../../helpers/fixtures.ts';
import { testNow } from '../../helpers/webhook.ts';
import { previousBuild } from '../mutations/example-plan.ts';

const image = `registry.example.com/python@sha256:${'1'.repeat(64)}`;

const compared = {
  envNames: ['A'],
  source: 'https://git.example.com/app ',
  inputs: '[["configMap","a",""],["image","b","/s2i/.","c"]]',
  baseImage: 'DockerImage/python',
};

describe('a kept BuildConfig', () => {
  it('has the names of variables, and none of their values', () => {
    const buildConfig = exampleBuildConfig({
      metadata: { annotations: { team: 'web' }, labels: { app: 'api', 's2i-incremental.io/incremental': 'chain' } },
      spec: {
        source: {
          git: { uri: 'https://git.example.com/api.git', ref: 'main', httpProxy: 'http://user:password@proxy' },
          contextDir: 'web',
          sourceSecret: { name: 'git' },
          secrets: [{ secret: { name: 'npmrc' }, destinationDir: '.' }],
        },
        strategy: {
          sourceStrategy: {
            env: [
              { name: 'TOKEN', value: 'secret' },
              { name: 'KEY', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
              { name: 'EMPTY' },
            ],
            scripts: 'https://scripts.example.com',
          },
        },
        triggers: [
          { type: 'GitHub', github: { secret: 'hidden' } },
          { type: 'ImageChange', imageChange: { lastTriggeredImageID: image } },
        ],
      },
      status: { lastVersion: 3 },
    });
    assert.deepEqual(decodeKeptBuildConfig(encodeKeptBuildConfig(buildConfig)), {
      metadata: {
        name: 'api',
        uid: 'ad3f6f43-23ca-45af-a9d3-5351bbf9e17e',
        labels: { 's2i-incremental.io/enabled': 'true', 's2i-incremental.io/incremental': 'chain' },
      },
      spec: {
        source: {
          git: { uri: 'https://git.example.com/api.git' },
          contextDir: 'web',
          secrets: [{ secret: { name: 'npmrc' }, destinationDir: '.' }],
        },
        strategy: {
          sourceStrategy: {
            from: { kind: 'ImageStreamTag', name: 'python:3.6' },
            env: [
              { name: 'TOKEN', value: 'set' },
              { name: 'KEY', value: 'set' },
              { name: 'EMPTY', value: '' },
            ],
            scripts: 'https://scripts.example.com',
          },
        },
        triggers: [{ type: 'ImageChange', imageChange: { lastTriggeredImageID: image } }],
      },
      status: { lastVersion: 3 },
    });
  });

  it('is planned as the whole one is', () => {
    const configs = [
      '{}',
      'assemble: {wrapper: false, profiles: {python: {match: python, env: {A: x, TOKEN: y}}}}',
      'assemble: {baseUrl: "http://webhook.example.com/s2i", profiles: {python: {match: python, env: {HTTP_PROXY: x}}}}',
      'assemble: {image: registry.example.com/scripts}',
    ].map((text) => parseConfig(text, {}));
    const history = {
      buildConfig: undefined,
      hasBuilds: true,
      previous: { ...previousBuild({ name: 'app-1', number: 1, image }), ...compared },
      outcomes: [],
      numbers: [],
      references: new Set<string>(),
      scriptsFailedAt: () => undefined,
    };
    const sources = [
      undefined,
      {},
      { git: { uri: 'https://git.example.com/app.git', ref: 'main' }, contextDir: '/web/' },
      { git: { uri: 'https://git.example.com/app' }, secrets: [{ secret: { name: 'a' }, destinationDir: '/tmp/src' }] },
      {
        git: { uri: 'https://git.example.com/app' },
        configMaps: [{ configMap: { name: 'a' } }],
        images: [{ from: { name: 'b:1' }, paths: [{ sourcePath: '/s2i/.', destinationDir: 'c' }] }],
      },
    ];
    const decisionOf = (buildConfig: JsonObject, config: (typeof configs)[number]) => {
      const build = nextBuildOf(buildConfig, history.previous.baseImage);
      const namespace = exampleNamespace();
      const isProxied = false;
      const plan = planNextBuild({ build, namespace, history, isProxied, config, scriptsVersion: '0', now: testNow });
      return [checkOptIn(build, false), plan.kind === 'mutate' && plan.decision, plan.reason];
    };
    fc.assert(
      fc.property(
        arbitrary.buildConfig,
        fc.constantFrom(...sources),
        fc.constantFrom(...configs),
        (made, source, config) => {
          const buildConfig = withValue(made, ['spec', 'source'], source);
          const kept = decodeKeptBuildConfig(encodeKeptBuildConfig(buildConfig));
          assert.deepEqual(decisionOf(kept, config), decisionOf(buildConfig, config));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
