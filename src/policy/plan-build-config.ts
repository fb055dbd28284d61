import type { Config } from '../config/config.ts';
import { envNamesOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, at, objectAt } from '../openshift/json.ts';
import { annotations, userAnnotations } from '../openshift/keys.ts';
import { annotationOf, isSecretName } from '../openshift/metadata.ts';
import { resolveFeatures } from './features.ts';
import { objectWarnings } from './object-warnings.ts';
import { planOutput } from './output.ts';
import type { SkipPlan } from './plan.ts';
import type { BuildConfigReason } from './reasons.ts';
import { limitWarnings, warning } from './warnings.ts';

/** What a BuildConfig is to become. Undefined leaves a field as it is. */
export interface BuildConfigPlan {
  readonly kind: 'mutate';
  readonly resource: 'buildconfigs';
  readonly reason: BuildConfigReason;
  readonly incremental: true | undefined;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly warnings: readonly string[];
}

/** Decides what becomes of an opted-in BuildConfig: its origin is recorded once, and its `incremental` field shows the opt-in. */
export function planBuildConfig(buildConfig: JsonObject, config: Config): BuildConfigPlan | SkipPlan {
  const strategy = sourceStrategyOf(buildConfig) ?? {};
  const features = resolveFeatures(buildConfig, config);
  const warnings = limitWarnings([
    ...features.warnings,
    ...historyWarnings(buildConfig),
    ...outputWarnings(buildConfig, features.timestampTag, config),
    ...pullSecretWarnings(buildConfig),
    ...objectWarnings(buildConfig),
  ]);
  const incremental = features.mode !== 'false' && strategy['incremental'] == null ? true : undefined;
  const recorded = annotationOf(buildConfig, annotations.origin) !== undefined;
  if (!config.buildConfig.mutate || (recorded && incremental === undefined)) {
    return { kind: 'skip', reason: 'nothing_to_do', warnings };
  }
  const origin = {
    version: 1,
    strategy: 'Source',
    from: strategy['from'] ?? null,
    incremental: strategy['incremental'] ?? null,
    scripts: strategy['scripts'] ?? null,
    output: objectAt(buildConfig, 'spec', 'output') ?? null,
    env: envNamesOf(buildConfig),
    applied: incremental === undefined ? {} : { incremental },
  };
  return {
    kind: 'mutate',
    resource: 'buildconfigs',
    reason: 'opted_in',
    incremental,
    annotations: recorded ? {} : { [annotations.origin]: JSON.stringify(origin) },
    warnings,
  };
}

function historyWarnings(buildConfig: JsonObject): readonly string[] {
  return at(buildConfig, 'spec', 'successfulBuildsHistoryLimit') === 0
    ? [warning('successfulBuildsHistoryLimit: 0 leaves no Build to continue from; every build will be a full one')]
    : [];
}

function pullSecretWarnings(buildConfig: JsonObject): readonly string[] {
  const name = annotationOf(buildConfig, userAnnotations.pullSecret);
  return name === undefined || isSecretName(name)
    ? []
    : [warning(`annotation ${userAnnotations.pullSecret} is not used, it is no name of a Secret: ${name}`)];
}

/** What planning a Build's output would warn of, said where the user sees it. */
function outputWarnings(buildConfig: JsonObject, timestampTag: boolean, config: Config): readonly string[] {
  return planOutput({
    to: objectAt(buildConfig, 'spec', 'output', 'to'),
    pushSecret: undefined,
    namespace: 'namespace',
    buildNumber: 1,
    timestampTag,
    isAnnotationKnown: true,
    outputRepository: annotationOf(buildConfig, userAnnotations.outputRepository),
    config: config.output,
    now: 0,
    issuedUpTo: () => undefined,
    isUsed: () => false,
  }).warnings.map(warning);
}
