import { createHash } from 'node:crypto';
import { type JsonObject, arrayAt, at, objectAt, stringAt } from '../../../src/openshift/json.ts';
import type { KubernetesObject } from './client.ts';

/** Builds as OpenShift's API server creates them and its build controller completes them. */

const apiVersion = 'build.openshift.io/v1';

/** Returns a realistic digest, always the same for a text. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The image of the base's image stream tag. */
export const pythonImage = `image-registry.openshift-image-registry.svc:5000/openshift/python@${digestOf('python:3.12')}`;

export interface BuildConfigOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** The repository of its output; by default one with its name. */
  readonly repository?: string;
}

/** Returns a BuildConfig as a developer writes it and OpenShift completes it. */
export function buildConfigOf(name: string, namespace: string, options: BuildConfigOptions = {}): KubernetesObject {
  const { labels, annotations, repository = `harbor.example.com/web/${name}` } = options;
  return {
    apiVersion,
    kind: 'BuildConfig',
    metadata: {
      name,
      namespace,
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
    },
    spec: {
      runPolicy: 'Serial',
      source: { type: 'Git', git: { uri: 'https://git.example.com/web/shop.git', ref: 'main' } },
      strategy: {
        type: 'Source',
        sourceStrategy: {
          from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' },
          env: [{ name: 'FOO', value: 'bar' }],
        },
      },
      output: { to: { kind: 'DockerImage', name: `${repository}:1.0` }, pushSecret: { name: 'harbor-push' } },
      resources: {},
      postCommit: {},
      nodeSelector: null,
      successfulBuildsHistoryLimit: 5,
      failedBuildsHistoryLimit: 5,
    },
    status: { lastVersion: 0 },
  };
}

export interface BuildOptions {
  /** `oc start-build --incremental=…` */
  readonly incremental?: boolean;
  /** `oc start-build -e NAME=VALUE` */
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  /** The image of an image stream tag as base. */
  readonly baseImage?: string;
  /** The creation time, as Kubernetes writes times. */
  readonly time?: string;
}

/** Returns the Build that OpenShift creates from a BuildConfig after counting up its last version. */
export function buildOf(buildConfig: KubernetesObject, options: BuildOptions = {}): KubernetesObject {
  const { name } = buildConfig.metadata;
  const { incremental, env = [], baseImage = pythonImage, time = formatNow() } = options;
  const {
    triggers: _triggers,
    successfulBuildsHistoryLimit: _successful,
    failedBuildsHistoryLimit: _failed,
    runPolicy,
    strategy,
    ...spec
  } = objectAt(buildConfig, 'spec') ?? {};
  const source = objectAt(strategy, 'sourceStrategy') ?? {};
  return {
    apiVersion,
    kind: 'Build',
    metadata: {
      ...nameAndNamespaceOf(buildConfig),
      labels: {
        ...objectAt(buildConfig, 'metadata', 'labels'),
        buildconfig: name.slice(0, 63),
        'openshift.io/build-config.name': name.slice(0, 63),
        'openshift.io/build.start-policy': runPolicy,
      },
      annotations: { 'openshift.io/build-config.name': name, 'openshift.io/build.number': numberOf(buildConfig) },
      ownerReferences: [
        { apiVersion, kind: 'BuildConfig', name, uid: at(buildConfig, 'metadata', 'uid'), controller: true },
      ],
    },
    spec: {
      serviceAccount: 'builder',
      ...spec,
      strategy: {
        type: 'Source',
        sourceStrategy: {
          ...source,
          from:
            at(source, 'from', 'kind') === 'ImageStreamTag' ? { kind: 'DockerImage', name: baseImage } : source['from'],
          ...(env.length > 0 && { env: [...(arrayAt(source, 'env') ?? []), ...env] }),
          ...(incremental !== undefined && { incremental }),
        },
      },
      triggeredBy: [{ message: 'Manually triggered' }],
    },
    status: newStatus(buildConfig, time),
  };
}

/** Returns what `oc start-build --from-build` creates: a Build's spec, labels and annotations, with the next number. */
export function cloneOf(build: KubernetesObject, buildConfig: KubernetesObject, time = formatNow()): KubernetesObject {
  return {
    apiVersion,
    kind: 'Build',
    metadata: {
      ...nameAndNamespaceOf(buildConfig),
      labels: at(build, 'metadata', 'labels'),
      annotations: {
        ...objectAt(build, 'metadata', 'annotations'),
        'openshift.io/build.number': numberOf(buildConfig),
        'openshift.io/build.clone-of': build.metadata.name,
      },
      ownerReferences: arrayAt(build, 'metadata', 'ownerReferences'),
    },
    spec: build['spec'],
    status: newStatus(buildConfig, time),
  };
}

/** Returns the Build after its pod has pushed the image. */
export function completeOf(build: KubernetesObject, imageDigest: string, time = formatNow()): KubernetesObject {
  return {
    ...build,
    status: {
      ...objectAt(build, 'status'),
      phase: 'Complete',
      startTimestamp: time,
      completionTimestamp: time,
      duration: 31_000_000_000,
      outputDockerImageReference: at(build, 'spec', 'output', 'to', 'name'),
      output: { to: { imageDigest } },
      conditions: [
        { type: 'New', status: 'False', lastUpdateTime: time, lastTransitionTime: time },
        { type: 'Complete', status: 'True', lastUpdateTime: time, lastTransitionTime: time },
      ],
    },
  };
}

/** Returns the image of a complete Build by digest, in the repository it was pushed to. */
export function imageOf(build: KubernetesObject): string {
  const repository = (stringAt(build, 'spec', 'output', 'to', 'name') ?? '').replace(/:[^:/]+$/, '');
  return `${repository}@${stringAt(build, 'status', 'output', 'to', 'imageDigest') ?? ''}`;
}

/** Returns a stored object without fields that only the server writes. */
export function withoutServerFields(object: KubernetesObject): KubernetesObject {
  const {
    uid: _uid,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    managedFields: _managedFields,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

/** Returns the current time as Kubernetes writes it. */
export function formatNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function numberOf(buildConfig: KubernetesObject): string {
  return String(at(buildConfig, 'status', 'lastVersion'));
}

function nameAndNamespaceOf(buildConfig: KubernetesObject) {
  const { name, namespace = '' } = buildConfig.metadata;
  return { name: `${name}-${numberOf(buildConfig)}`, namespace };
}

function newStatus(buildConfig: KubernetesObject, time: string): JsonObject {
  const { name, namespace } = buildConfig.metadata;
  return {
    phase: 'New',
    config: { kind: 'BuildConfig', namespace, name },
    output: {},
    conditions: [{ type: 'New', status: 'True', lastUpdateTime: time, lastTransitionTime: time }],
  };
}
