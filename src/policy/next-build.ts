import { type JsonObject, arrayAt, at, objectAt, stringAt, withValue } from '../openshift/json.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import { sourceStrategyPath } from '../openshift/build.ts';

/**
 * Returns the Build that OpenShift would make of a BuildConfig now, as far as plans look at it.
 * @param base the base image of the Builds before, `Kind/name`; used where the BuildConfig does not say what its image
 *   stream tag means now
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
  return image === undefined || stringAt(build, ...sourceStrategyPath, 'from', 'kind') === 'DockerImage'
    ? build
    : withValue(build, [...sourceStrategyPath, 'from'], { kind: 'DockerImage', name: image });
}

/** The image that the trigger on the base image last saw: OpenShift builds from that one. */
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
