import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { OutputConfig } from '../../../src/config/config.ts';
import { type OutputPlan, type OutputRequest, planOutput } from '../../../src/policy/output.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const fresh = '20260131120000';
const digest = `sha256:${'0'.repeat(64)}`;
const { output: defaults } = parseConfig('', {});

const docker = { kind: 'DockerImage', name: 'harbor.example.com/team/app:1.0' };
const stream = { kind: 'ImageStreamTag', name: 'app:latest' };

function requestOf(changes: Partial<OutputRequest> = {}, config: Partial<OutputConfig> = {}): OutputRequest {
  return {
    to: docker,
    pushSecret: undefined,
    namespace: 'test',
    buildNumber: 7,
    arePredecessorsKnown: true,
    timestampTag: true,
    isAnnotationKnown: true,
    outputRepository: undefined,
    now,
    issuedUpTo: () => undefined,
    isUsed: () => false,
    ...changes,
    config: { ...defaults, ...config },
  };
}

function unmodified(...warnings: readonly string[]): OutputPlan {
  return { to: undefined, pushSecret: undefined, issued: undefined, warnings };
}

/** The plan that pushes to a repository with a fresh tag. */
function tagged(repository: string, pushSecret?: string): OutputPlan {
  return {
    to: { kind: 'DockerImage', name: `${repository}:${fresh}` },
    pushSecret,
    issued: { tag: fresh, series: `${repository}:{timestamp}`, position: now / 1000 },
    warnings: [],
  };
}

/** The plan that pushes to a reference without a fresh tag. */
function redirected(name: string, pushSecret?: string): OutputPlan {
  return { to: { kind: 'DockerImage', name }, pushSecret, issued: undefined, warnings: [] };
}

const elsewhere = 'quay.example.com/all/app';
const absentWarning = 'spec.output.to is absent: no image is pushed, so every build will be full';
const streamsTo = { imageStreamRepository: 'quay.example.com/{namespace}/{name}' };
const otherRegistry = { registries: ['other.example.com'] };

describe('planOutput', () => {
  const rows: readonly [title: string, request: OutputRequest, expected: OutputPlan][] = [
    ['no output', requestOf({ to: undefined }), unmodified(absentWarning)],
    ['no output, redirected', requestOf({ to: undefined, outputRepository: elsewhere }), unmodified(absentWarning)],
    ['an output without name', requestOf({ to: { kind: 'DockerImage' } }), unmodified(absentWarning)],
    [
      'a digest',
      requestOf({ to: { ...docker, name: `harbor.example.com/team/app@${digest}` } }),
      unmodified(`the output gets no tag, because it has a digest: harbor.example.com/team/app@${digest}`),
    ],
    [
      'a digest, redirected',
      requestOf({ to: { ...docker, name: `harbor.example.com/team/app:1@${digest}` }, outputRepository: elsewhere }),
      unmodified(`the output gets no tag, because it has a digest: harbor.example.com/team/app:1@${digest}`),
    ],
    [
      'a digest, without tags',
      requestOf({ to: { kind: 'ImageStreamImage', name: 'app@sha256:0' }, timestampTag: false }),
      unmodified('the output gets no tag, because it has a digest: app@sha256:0'),
    ],
    [
      'an invalid reference',
      requestOf({ to: { ...docker, name: 'Not A Reference' } }),
      unmodified('the output gets no tag, because it is not a valid image reference: Not A Reference'),
    ],
    [
      'an unknown kind',
      requestOf({ to: { kind: 'Image', name: 'app' } }),
      unmodified('the output gets no tag, because it is not a valid image reference: app'),
    ],

    ['DockerImage, tags on', requestOf(), tagged('harbor.example.com/team/app')],
    ['DockerImage without a tag, tags on', requestOf({ to: { ...docker, name: 'team/app' } }), tagged('team/app')],
    [
      'DockerImage, its registry in the list',
      requestOf({}, { registries: ['x.example.com', 'harbor.example.com'] }),
      tagged('harbor.example.com/team/app'),
    ],
    [
      'DockerImage, the default registry in the list',
      requestOf({ to: { ...docker, name: 'team/app' } }, { registries: ['docker.io'] }),
      tagged('team/app'),
    ],
    ['DockerImage, tags off', requestOf({ timestampTag: false }), unmodified()],
    ['DockerImage, another registry', requestOf({}, otherRegistry), unmodified()],
    ['DockerImage, another port', requestOf({}, { registries: ['harbor.example.com:443'] }), unmodified()],
    ['DockerImage, a repository for image streams', requestOf({}, streamsTo), tagged('harbor.example.com/team/app')],

    ['DockerImage, redirected, tags on', requestOf({ outputRepository: elsewhere }), tagged(elsewhere)],
    [
      'DockerImage, redirected, its registry in the list',
      requestOf({ outputRepository: elsewhere }, { registries: ['quay.example.com'] }),
      tagged(elsewhere),
    ],
    [
      'DockerImage, redirected, tags off',
      requestOf({ outputRepository: elsewhere, timestampTag: false }),
      redirected(`${elsewhere}:1.0`),
    ],
    [
      'DockerImage, redirected, another registry',
      requestOf({ outputRepository: elsewhere }, { registries: ['harbor.example.com'] }),
      redirected(`${elsewhere}:1.0`),
    ],
    [
      'DockerImage without a tag, redirected, tags off',
      requestOf({ to: { ...docker, name: 'team/app' }, outputRepository: elsewhere, timestampTag: false }),
      redirected(`${elsewhere}:latest`),
    ],

    ['ImageStreamTag, tags on', requestOf({ to: stream }), unmodified()],
    ['ImageStreamTag, tags off', requestOf({ to: stream, timestampTag: false }), unmodified()],
    ['ImageStreamTag, redirected, tags on', requestOf({ to: stream }, streamsTo), tagged('quay.example.com/test/app')],
    [
      'ImageStreamTag, redirected, its registry in the list',
      requestOf({ to: stream }, { ...streamsTo, registries: ['quay.example.com'] }),
      tagged('quay.example.com/test/app'),
    ],
    [
      'ImageStreamTag, redirected, tags off',
      requestOf({ to: stream, timestampTag: false }, streamsTo),
      redirected('quay.example.com/test/app:latest'),
    ],
    [
      'ImageStreamTag, redirected, another registry',
      requestOf({ to: { ...stream, name: 'app:2' } }, { ...streamsTo, ...otherRegistry }),
      redirected('quay.example.com/test/app:2'),
    ],
    [
      'ImageStreamTag without a tag, redirected, tags off',
      requestOf({ to: { ...stream, name: 'app' }, timestampTag: false }, streamsTo),
      redirected('quay.example.com/test/app:latest'),
    ],
    [
      'ImageStreamTag of another namespace, redirected',
      requestOf({ to: { ...stream, namespace: 'shared' } }, streamsTo),
      tagged('quay.example.com/test/app'),
    ],
    [
      'ImageStreamTag, redirected by annotation and configuration',
      requestOf({ to: stream, outputRepository: 'quay.example.com/own' }, streamsTo),
      tagged('quay.example.com/own'),
    ],
    [
      'ImageStreamTag, redirected by the annotation alone',
      requestOf({ to: stream, outputRepository: elsewhere }),
      tagged(elsewhere),
    ],
    [
      'ImageStreamTag, the annotation cannot be read',
      requestOf({ to: stream, isAnnotationKnown: false }, streamsTo),
      unmodified(),
    ],
    [
      'DockerImage, the annotation cannot be read',
      requestOf({ isAnnotationKnown: false }),
      tagged('harbor.example.com/team/app'),
    ],
    [
      'placeholders that occur twice',
      requestOf({ to: stream }, { imageStreamRepository: 'quay.example.com/{name}/{namespace}/{name}' }),
      tagged('quay.example.com/app/test/app'),
    ],
    [
      'a stream named like a replacement pattern',
      requestOf({ to: { ...stream, name: '$&:1' } }, streamsTo),
      unmodified('the output is unmodified, because this is not a valid repository: quay.example.com/test/$&'),
    ],
    [
      'a repository that is too long with the names in it',
      requestOf({ to: { ...stream, name: `${'n'.repeat(240)}:1` } }, streamsTo),
      unmodified(
        `the output is unmodified, because this is not a valid repository: quay.example.com/test/${'n'.repeat(240)}`,
      ),
    ],
  ];
  for (const [title, request, expected] of rows) {
    it(`decides on the output for: ${title}`, () => {
      assert.deepEqual(planOutput(request), expected);
    });
  }

  const limits: readonly [pattern: string, allowed: readonly string[], refused: readonly string[]][] = [
    [
      'harbor.example.com/{namespace}/*',
      ['harbor.example.com/test/app', 'harbor.example.com/test/a/b'],
      [
        'harbor.example.com/test',
        'harbor.example.com/testing/app',
        'harbor.example.com/other/test/app',
        'quay.example.com/test/app',
      ],
    ],
    ['harbor.example.com/team-*/app', ['harbor.example.com/team-a/app'], ['harbor.example.com/team-a/b/app']],
    ['*.example.com/app', ['quay.example.com/app'], ['evil.org/a.example.com/app', 'quayxexample.com/app']],
    ['harbor.example.com/{namespace}', ['harbor.example.com/test'], ['harbor.example.com/test/app']],
  ];
  for (const [pattern, allowed, refused] of limits) {
    it(`uses the annotation if ${pattern} allows it, else warns`, () => {
      const planWith = (outputRepository: string) =>
        planOutput(requestOf({ outputRepository }, { allowedRepositories: ['none.example.com/x', pattern] }));
      for (const repository of allowed) assert.deepEqual(planWith(repository), tagged(repository));
      for (const repository of refused) {
        assert.deepEqual(planWith(repository), {
          ...tagged('harbor.example.com/team/app'),
          warnings: [
            `annotation s2i-incremental.io/output-repository is ignored, not in output.allowedRepositories: ${repository}`,
          ],
        });
      }
    });
  }

  for (const outputRepository of [
    'team/app',
    'quay.example.com/app:1',
    `quay.example.com/app@${digest}`,
    'Quay.example.com/App',
    '',
  ]) {
    it(`ignores the annotation ${JSON.stringify(outputRepository)}, and warns`, () => {
      const warnings = [
        `annotation s2i-incremental.io/output-repository is ignored, not of the form registry/path: ${outputRepository}`,
      ];
      assert.deepEqual(planOutput(requestOf({ outputRepository })), {
        ...tagged('harbor.example.com/team/app'),
        warnings,
      });
      assert.deepEqual(planOutput(requestOf({ outputRepository, timestampTag: false })), unmodified(...warnings));
      assert.deepEqual(planOutput(requestOf({ outputRepository, to: stream }, streamsTo)), {
        ...tagged('quay.example.com/test/app'),
        warnings,
      });
    });
  }
});

describe('planOutput, push Secret', () => {
  const rows: readonly [
    title: string,
    changes: Partial<OutputRequest>,
    configured: string,
    expected: string | undefined,
  ][] = [
    ['stays where the output stays', { pushSecret: 'own' }, 'config', undefined],
    [
      'stays beside a DockerImage that is redirected',
      { pushSecret: 'own', outputRepository: elsewhere },
      'config',
      undefined,
    ],
    ['is the configured one beside a DockerImage without one', { outputRepository: elsewhere }, 'config', 'config'],
    [
      'is the configured one beside an image stream',
      { to: stream, pushSecret: 'builder-dockercfg', outputRepository: elsewhere },
      'config',
      'config',
    ],
    [
      'stays where none is configured',
      { to: stream, pushSecret: 'builder-dockercfg', outputRepository: elsewhere },
      '',
      undefined,
    ],
    ['stays absent where none is configured', { outputRepository: elsewhere }, '', undefined],
  ];
  for (const [title, changes, pushSecret, expected] of rows) {
    it(title, () => {
      assert.equal(planOutput(requestOf(changes, { pushSecret })).pushSecret, expected);
    });
  }
});

describe('planOutput, tag', () => {
  it('uses format, time zone and build number, and skips tags in use', () => {
    const taken = `${elsewhere}:b7-20260131130000`;
    const { to, issued } = planOutput(
      requestOf(
        { outputRepository: elsewhere, isUsed: (reference) => reference === taken },
        { tagFormat: 'b{buildNumber}-{timestamp}', timezone: 'Europe/Berlin' },
      ),
    );
    assert.deepEqual(to, { kind: 'DockerImage', name: `${elsewhere}:b7-20260131130001` });
    assert.deepEqual(issued, {
      tag: 'b7-20260131130001',
      series: `${elsewhere}:b7-{timestamp}`,
      position: now / 1000 + 3_601,
    });
  });

  it('asks for the last position of its own series', () => {
    const { to } = planOutput(
      requestOf({
        issuedUpTo: (series) => (series === 'harbor.example.com/team/app:{timestamp}' ? now / 1000 : undefined),
      }),
    );
    assert.deepEqual(to, { kind: 'DockerImage', name: 'harbor.example.com/team/app:20260131120001' });
  });
});
