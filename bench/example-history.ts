/** What a large cluster has stored: 20,000 opted-in BuildConfigs in 200 namespaces, with five Complete Builds each. */
import type { JsonObject } from '../src/openshift/json.ts';
import { annotations } from '../src/openshift/keys.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../test/helpers/fixtures.ts';
import { createTemplate } from './template.ts';

export const historySize = { buildConfigs: 20_000, buildsEach: 5 } as const;

/** One of the BuildConfigs, by its place from 0. All texts of a field have the same length. */
export interface ExampleIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export function identityOf(buildConfig: number): ExampleIdentity {
  return {
    namespace: `team-${String(buildConfig % 200).padStart(3, '0')}`,
    name: `application-${String(buildConfig).padStart(5, '0')}`,
    uid: `ad3f6f43-23ca-45af-a9d3-${String(buildConfig).padStart(12, '0')}`,
  };
}

/** A merge patch that makes the recorded Build one of `identityOf`, of the number `<NUMBER>`. */
export const buildIdentityPatch: JsonObject = {
  metadata: {
    name: '<NAME>-<NUMBER>',
    namespace: '<NAMESPACE>',
    labels: { buildconfig: '<NAME>', 'openshift.io/build-config.name': '<NAME>' },
    annotations: { 'openshift.io/build-config.name': '<NAME>', 'openshift.io/build.number': '<NUMBER>' },
    ownerReferences: [
      { apiVersion: 'build.openshift.io/v1', kind: 'BuildConfig', name: '<NAME>', uid: '<UID>', controller: true },
    ],
  },
  status: { config: { name: '<NAME>', namespace: '<NAMESPACE>' } },
};

/** Where the Builds are pushed. */
export const outputRepository = 'harbor.example.com/<NAMESPACE>/<NAME>';

const base = (exampleBuild()['spec'] as { strategy: { sourceStrategy: { from: { kind: string; name: string } } } })
  .strategy.sourceStrategy.from;

/** One Build as the API server sends it, with the managed fields of a real one and what the webhook wrote into it. */
const buildTemplate = createTemplate(
  exampleBuild(
    merge(buildIdentityPatch, {
      metadata: {
        uid: '<BUILDUID>',
        resourceVersion: '<VERSION>',
        creationTimestamp: '<STARTED>',
        annotations: {
          [annotations.admittedAs]: '<NAME>-<NUMBER>',
          [annotations.chainDepth]: '1',
          [annotations.chainFullSeconds]: '180',
          [annotations.chainStarted]: '<STARTED>',
          [annotations.decision]: 'incremental',
          [annotations.mode]: 'chain',
          [annotations.origin]: JSON.stringify({
            version: 1,
            from: base,
            incremental: null,
            scripts: null,
            pullSecret: null,
            output: { kind: 'DockerImage', name: `${outputRepository}:latest` },
            pushSecret: { name: 'harbor-push' },
            env: [],
            values: [],
          }),
          [annotations.originFrom]: `${base.kind}/${base.name}`,
          [annotations.reason]: 'continued',
        },
      },
      spec: {
        strategy: { sourceStrategy: { from: { kind: 'DockerImage', name: `${outputRepository}@sha256:<DIGEST>` } } },
        output: { to: { name: `${outputRepository}:20260131<TAG>` } },
      },
      status: { phase: 'Complete', duration: 60_000_000_000, output: { to: { imageDigest: 'sha256:<DIGEST>' } } },
    }) as JsonObject,
  ),
);

/** @param started RFC 3339; when its chain started */
export function storedBuildText(buildConfig: number, number: number, started: string): string {
  const { namespace, name, uid } = identityOf(buildConfig);
  const serial = buildConfig * 31 + number;
  return buildTemplate({
    NAMESPACE: namespace,
    NAME: name,
    UID: uid,
    NUMBER: String(number),
    STARTED: started,
    BUILDUID: `0e1f6a07-61c4-4a4e-8d0b-${String(serial).padStart(12, '0')}`,
    VERSION: String(1_000_000 + serial),
    TAG: String(number).padStart(6, '0'),
    DIGEST: serial.toString(16).padStart(64, '0'),
  });
}

const buildConfigTemplate = createTemplate(
  exampleBuildConfig({
    metadata: { name: '<NAME>', namespace: '<NAMESPACE>', uid: '<UID>', resourceVersion: '<VERSION>' },
    spec: { output: { to: { name: `${outputRepository}:latest` } } },
    status: { lastVersion: 1_000 },
  }),
);

/** A BuildConfig whose watch has told of more Builds than there are: OpenShift counts one before it creates it. */
export function storedBuildConfigText(buildConfig: number): string {
  const { namespace, name, uid } = identityOf(buildConfig);
  return buildConfigTemplate({ NAMESPACE: namespace, NAME: name, UID: uid, VERSION: String(1_000_000 + buildConfig) });
}
