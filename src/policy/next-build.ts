import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, objectAt, stringAt, withValue } from '../openshift/json.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory } from './facts.ts';
import type { BuildPlan, SkipPlan } from './plan.ts';
import { type BuildPlanRequest, planBuild } from './plan-build.ts';

/** Holds a Build that does not exist yet, and what is known without I/O. */
export interface NextBuildRequest extends Omit<BuildPlanRequest, 'isClone' | 'facts'> {
  readonly history: BuildConfigHistory;
  /** Whether the cluster's BuildDefaults give every build pod a proxy for the address of the wrapper. */
  readonly isProxied: boolean;
}

/** Plans a Build without asking a registry, as if the previous image existed and the base image's tag had not moved. */
export function planNextBuild({ history, isProxied, ...request }: NextBuildRequest): BuildPlan | SkipPlan {
  return planBuild({
    ...request,
    isClone: false,
    facts: {
      history,
      issuedUpTo: () => undefined,
      isProxied,
      previousImage: 'unchecked',
      baseDigest: undefined,
    },
  });
}

/**
 * Returns the Build that OpenShift would create from a BuildConfig now, with the fields that plans read.
 * @param base the base image of the earlier Builds, `Kind/name`; used if the BuildConfig does not say which image its
 * image stream tag has now
 */
export function nextBuildOf(buildConfig: JsonObject, base: string | undefined): JsonObject {
  const name = nameOf(buildConfig);
  const lastVersion = at(buildConfig, 'status', 'lastVersion');
  const number = (typeof lastVersion === 'number' ? lastVersion : 0) + 1;
  const { triggers: _triggers, ...spec } = objectAt(buildConfig, 'spec') ?? {};
  const build = {
    kind: 'Build',
    metadata: {
      ...objectAt(buildConfig, 'metadata'),
      name: `${name}-${number}`,
      annotations: { [openshiftKeys.buildConfigName]: name, [openshiftKeys.buildNumber]: String(number) },
      ownerReferences: [{ kind: 'BuildConfig', name, uid: at(buildConfig, 'metadata', 'uid') }],
    },
    spec,
  };
  const image = baseImageOf(buildConfig) ?? base?.replace(/^DockerImage\//, '');
  const from = objectAt(build, ...sourceStrategyPath, 'from');
  return image === undefined || from === undefined || from['kind'] === 'DockerImage'
    ? build
    : withValue(build, [...sourceStrategyPath, 'from'], { kind: 'DockerImage', name: image });
}

/** Returns the image that the ImageChange trigger of the base image saw last; OpenShift builds from that one. */
function baseImageOf(buildConfig: JsonObject): string | undefined {
  const [images = [], triggers = []] = [
    arrayAt(buildConfig, 'status', 'imageChangeTriggers'),
    arrayAt(buildConfig, 'spec', 'triggers'),
  ];
  const own = triggers.filter(
    (trigger) => at(trigger, 'type') === 'ImageChange' && at(trigger, 'imageChange', 'from') == null,
  );
  const from = at(buildConfig, ...sourceStrategyPath, 'from');
  const known = [
    ...own.map((trigger) => stringAt(trigger, 'imageChange', 'lastTriggeredImageID')),
    ...(own.length === 0 ? [] : images)
      .filter((image) => stringAt(image, 'from', 'name') === stringAt(from, 'name'))
      .map((image) => stringAt(image, 'lastTriggeredImageID')),
  ];
  return known.find((image) => image !== undefined && image !== '');
}
