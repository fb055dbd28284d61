import type { JsonObject } from '../../../src/openshift/json.ts';
import { encodeBuildOrigin } from '../../../src/policy/build-origin.ts';
import type { BuildConfigHistory } from '../../../src/policy/facts.ts';
import { merge } from '../../helpers/fixtures.ts';

const ours = 's2i-incremental.io/';
export const digest = `sha256:${'1'.repeat(64)}`;
export const buildConfig = { name: 'app', uid: 'uid-of-app' };

/** Returns a complete, admitted Build with an image, with a merge patch applied. */
export function completeBuild(number: number, patch: JsonObject = {}): JsonObject {
  const name = `app-${number}`;
  const reference = { kind: 'DockerImage', name: `harbor.example.com/team/app:${number}` };
  const origin = encodeBuildOrigin({
    from: null,
    incremental: null,
    scripts: null,
    pullSecret: null,
    output: { kind: 'DockerImage', name: 'harbor.example.com/team/app:latest' },
    pushSecret: null,
    env: [],
  });
  const build = {
    kind: 'Build',
    metadata: {
      name,
      namespace: 'test',
      creationTimestamp: '2026-01-30T09:00:00Z',
      labels: { [`${ours}enabled`]: 'true', 'openshift.io/build-config.name': 'app' },
      annotations: {
        'openshift.io/build-config.name': 'app',
        'openshift.io/build.number': String(number),
        [`${ours}admitted-as`]: name,
        [`${ours}chain-depth`]: '4',
        [`${ours}chain-started`]: '2026-01-29T08:00:00Z',
        [`${ours}origin-from`]: 'DockerImage/python:3.12',
        [`${ours}origin`]: origin,
      },
      ownerReferences: [{ kind: 'BuildConfig', ...buildConfig }],
    },
    spec: {
      source: { git: { uri: 'https://git.example.com/app.git', ref: 'main' }, contextDir: 'web' },
      strategy: {
        sourceStrategy: { from: { kind: 'DockerImage', name: 'harbor.example.com/team/app:0' }, env: [{ name: 'A' }] },
      },
      output: { to: reference },
    },
    status: { phase: 'Complete', output: { to: { imageDigest: digest } } },
  };
  return merge(build, patch) as JsonObject;
}

/** Returns a merge patch of the webhook's annotations; null removes one. */
export function ourAnnotations(changes: Readonly<Record<string, string | null>>): JsonObject {
  const annotations = Object.entries(changes).map(([key, value]) => [`${ours}${key}`, value] as const);
  return { metadata: { annotations: Object.fromEntries(annotations) } };
}

/** Returns the reference of `completeBuild`. */
export function referenceOf(number: number): string {
  return `harbor.example.com/team/app:${number}`;
}

/** The references that tests look up. */
const candidates = [
  ...Array.from({ length: 100 }, (_, number) => referenceOf(number)),
  'harbor.example.com/test/pyflask:20180705132658',
];

/** An address of scripts, and one with another profile. */
export const scripts = 'http://webhook.example.com/s2i/0123456789ab/python';
const sameServer = 'http://webhook.example.com/s2i/0123456789ab/default';

type Past = Omit<BuildConfigHistory, 'buildConfig'>;

/** Returns a history in values that can be compared. */
export function comparable<P extends Past>({ references, numbers, scriptsFailedAt, ...facts }: P) {
  return {
    ...facts,
    references: new Set(candidates.filter((reference) => references.has(reference))),
    numbers: [...new Set(numbers.map(({ number }) => number))].sort((one, other) => one - other),
    scriptsFailedAt: scriptsFailedAt(sameServer),
  };
}

/** The history without Builds. */
export const nothingKnown = {
  hasBuilds: false,
  previous: undefined,
  outcomes: [],
  references: new Set(),
  numbers: [],
  scriptsFailedAt: undefined,
};
