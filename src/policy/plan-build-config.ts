import type { Config } from '../config/config.ts';
import { envOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, at, objectAt, stringAt } from '../openshift/json.ts';
import { annotations, labels, userAnnotations } from '../openshift/keys.ts';
import { annotationOf, isObjectName } from '../openshift/metadata.ts';
import {
  type AppliedSettings,
  buildConfigSettingsOf,
  emptyFormsOf,
  encodeBuildConfigOrigin,
} from './build-config-origin.ts';
import type { NamespaceFacts } from './facts.ts';
import { type Features, resolveFeatures } from './features.ts';
import { missingVariables } from './environment.ts';
import { objectWarnings } from './object-warnings.ts';
import { checkOptIn, hasOptInLabel } from './opt-in.ts';
import { planOutput } from './output.ts';
import type { BuildConfigPlan, SkipPlan } from './plan.ts';
import type { RestoredBuildConfig } from './restore-build-config.ts';
import { limitWarnings, warning } from './warnings.ts';
import { hasSecretInSource, planWrapper } from './wrapper.ts';

/**
 * Decides how a BuildConfig changes.
 *
 * | origin     | opted in by its label, `buildConfig.mutate` | result                                                     |
 * | ---------- | ------------------------------------------- | ---------------------------------------------------------- |
 * | unreadable | any                                         | unmodified, warns                                          |
 * | any other  | no                                          | restored                                                   |
 * | any other  | yes                                         | original settings recorded, the opt-in's values applied    |
 *
 * If the namespace opts a BuildConfig in, nothing is written: when the namespace opts out, no request comes in which
 * the BuildConfig could be restored.
 */
export function planBuildConfig(
  { buildConfig, origin }: RestoredBuildConfig,
  namespace: NamespaceFacts,
  config: Config,
): BuildConfigPlan | SkipPlan {
  const optIn = checkOptIn(buildConfig, namespace.optedIn);
  if (origin === 'unreadable') {
    const text = `annotation ${annotations.origin} cannot be read: it is kept, and nothing is restored`;
    return { kind: 'skip', reason: 'origin_unreadable', warnings: [warning(text)] };
  }
  const base = { kind: 'mutate', resource: 'buildconfigs' } as const;
  const optedOut = { ...base, reason: 'opted_out', incremental: undefined, env: [], annotations: {} } as const;
  if (!optIn.optedIn) return { ...optedOut, warnings: optIn.warnings };

  const features = resolveFeatures(buildConfig, namespace, config);
  const warnings = limitWarnings([
    ...features.warnings,
    ...historyWarnings(buildConfig),
    ...outputWarnings(buildConfig, namespace.name, features.timestampTag, config),
    ...pullSecretWarnings(buildConfig),
    ...objectWarnings(buildConfig),
    ...wrapperWarnings(buildConfig, features, config),
  ]);
  if (!config.buildConfig.mutate || !hasOptInLabel(buildConfig)) return { ...optedOut, warnings };

  const applied = settingsToApply(buildConfig, features, config);
  const settings = buildConfigSettingsOf(buildConfig);
  const record = encodeBuildConfigOrigin({ settings, applied, empty: emptyFormsOf(buildConfig) });
  if (annotationsSize(buildConfig) + annotations.origin.length + byteLength(record) > maxAnnotationsSize) {
    const text = `its annotations have no room for ${annotations.origin}: the BuildConfig is unmodified`;
    return { kind: 'skip', reason: 'origin_too_large', warnings: limitWarnings([warning(text), ...warnings]) };
  }
  return {
    ...base,
    reason: origin === 'none' ? 'opted_in' : 'origin_updated',
    ...applied,
    annotations: { [annotations.origin]: record },
    warnings,
  };
}

function settingsToApply(buildConfig: JsonObject, features: Features, config: Config): AppliedSettings {
  const isUnset = sourceStrategyOf(buildConfig)?.['incremental'] == null;
  return {
    incremental: features.mode !== 'off' && isUnset ? true : undefined,
    env: config.buildConfig.injectEnv ? missingVariables(features.profile, envOf(buildConfig)) : [],
  };
}

/**
 * The API server's limit for the annotations of an object, keys and values together, in bytes
 * (ValidateAnnotationsSize).
 */
const maxAnnotationsSize = 256 * 1024;

function annotationsSize(object: JsonObject): number {
  return Object.entries(objectAt(object, 'metadata', 'annotations') ?? {}).reduce(
    (size, [key, value]) => size + byteLength(key) + byteLength(typeof value === 'string' ? value : ''),
    0,
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function historyWarnings(buildConfig: JsonObject): readonly string[] {
  return at(buildConfig, 'spec', 'successfulBuildsHistoryLimit') === 0
    ? [warning('successfulBuildsHistoryLimit: 0 keeps no Build to continue from: every build will be full')]
    : [];
}

/** Returns a warning if no Build of the BuildConfig can get the wrapper, so that every build will be full. */
export function wrapperWarnings(buildConfig: JsonObject, features: Features, config: Config): readonly string[] {
  const { scripts, incremental } = sourceStrategyOf(buildConfig) ?? {};
  // The user asked for full builds.
  if (features.mode === 'off' || incremental === false) return [];
  const env = envOf(buildConfig);
  const planned = planWrapper({
    build: buildConfig,
    wanted: features.wrapper,
    profile: features.wrapperProfile?.name,
    env: [...env, ...missingVariables(features.profile, env)],
    isProxied: false,
    version: '',
    config: config.assemble,
    failedAt: () => undefined,
    now: 0,
  });
  if (planned.kind !== 'unavailable') return [];
  const { baseUrl, image } = config.assemble;
  const why =
    typeof scripts === 'string' && scripts !== ''
      ? `it sets scripts; set the label ${labels.assembleWrapper}=false if they handle chains`
      : baseUrl === '' && image === ''
        ? 'the webhook delivers no assemble wrapper; its admin can set assemble.baseUrl or assemble.image'
        : hasSecretInSource(buildConfig)
          ? 'a Secret of its source is put into /tmp/src; use a relative destinationDir'
          : image === ''
            ? 'its env has a proxy, through which build pods cannot fetch the assemble wrapper'
            : 'its source is absent, or already has the folder of the assemble wrapper';
  return [warning(`every build will be full: ${why}`)];
}

function pullSecretWarnings(buildConfig: JsonObject): readonly string[] {
  const name = annotationOf(buildConfig, userAnnotations.pullSecret);
  return name === undefined || isObjectName(name)
    ? []
    : [warning(`annotation ${userAnnotations.pullSecret} is ignored, because it is not the name of a Secret: ${name}`)];
}

/** Returns the warnings about the output of its Builds. A warning on a Build itself does not reach the user. */
function outputWarnings(
  buildConfig: JsonObject,
  namespace: string,
  timestampTag: boolean,
  config: Config,
): readonly string[] {
  const to = objectAt(buildConfig, 'spec', 'output', 'to');
  const planned = planOutput({
    to,
    pushSecret: undefined,
    namespace,
    buildNumber: 1,
    arePredecessorsKnown: true,
    timestampTag,
    isAnnotationKnown: true,
    outputRepository: annotationOf(buildConfig, userAnnotations.outputRepository),
    config: config.output,
    now: 0,
    issuedUpTo: () => undefined,
    isUsed: () => false,
  });
  const stream = to?.['kind'] === 'ImageStreamTag' && planned.to !== undefined ? [stringAt(to, 'name') ?? ''] : [];
  return [
    ...planned.warnings,
    ...stream.map(
      (name) => `image change triggers on ${name} stop firing: its Builds are pushed to another repository`,
    ),
  ].map(warning);
}
