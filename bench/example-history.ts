/** The content of a large cluster: 20,000 opted-in BuildConfigs in 200 namespaces, with five complete Builds each. */
import type { JsonObject } from '../src/openshift/json.ts';
import { annotations } from '../src/openshift/keys.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../test/helpers/fixtures.ts';

export const historySize = { buildConfigs: 20_000, buildsEach: 5 } as const;

/** Returns a function that replaces placeholders like `<NAME>` in the strings of a JSON value, and returns text. */
export function createTemplate(value: unknown): (values: Readonly<Record<string, string>>) => string {
  const parts = JSON.stringify(value).split(/<([A-Z]+)>/);
  return (values) => parts.map((part, at) => (at % 2 === 0 ? part : (values[part] ?? `<${part}>`))).join('');
}

/** Returns the names of a BuildConfig by its index; each name has the same length for all. */
export function identityOf(buildConfig: number) {
  return {
    NAMESPACE: `team-${String(buildConfig % 200).padStart(3, '0')}`,
    NAME: `application-${String(buildConfig).padStart(5, '0')}`,
    UID: `ad3f6f43-23ca-45af-a9d3-${String(buildConfig).padStart(12, '0')}`,
  };
}

/** A merge patch that turns the recorded Build into one of `identityOf`, with the number `<NUMBER>`. */
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

/** The repository of the Builds' images. */
export const outputRepository = 'harbor.example.com/<NAMESPACE>/<NAME>';

const base = (exampleBuild()['spec'] as { strategy: { sourceStrategy: { from: { kind: string; name: string } } } })
  .strategy.sourceStrategy.from;
const started = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`;

/** A Build as the API server sends it, with the managed fields of a real one and the webhook's changes. */
const buildTemplate = createTemplate(
  exampleBuild(
    merge(buildIdentityPatch, {
      metadata: {
        uid: '<BUILDUID>',
        resourceVersion: '<VERSION>',
        creationTimestamp: started,
        annotations: {
          [annotations.admittedAs]: '<NAME>-<NUMBER>',
          [annotations.chainDepth]: '1',
          [annotations.chainFullSeconds]: '180',
          [annotations.chainStarted]: started,
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
          [annotations.baseImage]: `${base.kind}/${base.name}`,
          [annotations.reason]: 'continued',
        },
      },
      spec: {
        strategy: {
          sourceStrategy: {
            from: { kind: 'DockerImage', name: `${outputRepository}@sha256:<DIGEST>` },
            scripts: 'http://webhook.example.svc:8081/s2i/0123456789ab/default',
          },
        },
        output: { to: { name: `${outputRepository}:20260131<TAG>` } },
      },
      status: { phase: 'Complete', duration: 60_000_000_000, output: { to: { imageDigest: 'sha256:<DIGEST>' } } },
    }) as JsonObject,
  ),
);

/** Returns a stored Build as JSON. */
export function storedBuildText(buildConfig: number, number: number): string {
  const serial = buildConfig * 31 + number;
  return buildTemplate({
    ...identityOf(buildConfig),
    NUMBER: String(number),
    BUILDUID: `0e1f6a07-61c4-4a4e-8d0b-${String(serial).padStart(12, '0')}`,
    VERSION: String(1_000_000 + serial),
    TAG: String(number).padStart(6, '0'),
    DIGEST: serial.toString(16).padStart(64, '0'),
  });
}

const buildConfigTemplate = createTemplate(
  exampleBuildConfig({
    metadata: { name: '<NAME>', namespace: '<NAMESPACE>', uid: '<UID>', resourceVersion: '1000000' },
    spec: { output: { to: { name: `${outputRepository}:latest` } } },
    status: { lastVersion: 1_000 },
  }),
);

/** Returns a stored BuildConfig as JSON. */
export function storedBuildConfigText(buildConfig: number): string {
  return buildConfigTemplate(identityOf(buildConfig));
}
