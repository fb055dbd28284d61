import type { Config } from '../config/config.ts';
import {
  buildInputsOf,
  buildNumberOf,
  envNamesIn,
  envOf,
  referenceKeyOf,
  sourceOf,
  sourceStrategyOf,
} from '../openshift/build.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { isObjectName, nameOf, referencedName } from '../openshift/metadata.ts';
import { recordedBase } from './base-image.ts';
import { imagesFormOf, settingsOf } from './build-origin.ts';
import { encodeBuildRecord } from './build-record.ts';
import { type ChainTimes, chainTimesOf } from './chain-times.ts';
import { decideBuild } from './decide-build.ts';
import type { BuildConfigHistory, Facts, NamespaceFacts, PreviousBuild } from './facts.ts';
import { type Features, resolveFeatures } from './features.ts';
import { missingVariables, withVariables } from './environment.ts';
import { objectWarnings } from './object-warnings.ts';
import { planOutput } from './output.ts';
import { arePredecessorsKnown } from './predecessors.ts';
import type { BuildChanges, BuildDecision, BuildPlan, SkipPlan } from './plan.ts';
import { type PullSecretRequest, choosePullSecret } from './pull-secret.ts';
import { limitWarnings, warning } from './warnings.ts';
import { planWrapper } from './wrapper.ts';

/** Holds everything that the plan of a Build depends on. `now` is milliseconds since the epoch. */
export interface BuildPlanRequest {
  /** The Build as OpenShift created it; for a clone, with its source's original settings. */
  readonly build: JsonObject;
  readonly isClone: boolean;
  readonly namespace: NamespaceFacts;
  readonly facts: Facts;
  readonly config: Config;
  /** The version of the served scripts. */
  readonly scriptsVersion: string;
  readonly now: number;
}

/** Decides how an opted-in Build changes that is being created. */
export function planBuild({
  build,
  isClone,
  namespace,
  facts,
  config,
  scriptsVersion,
  now,
}: BuildPlanRequest): BuildPlan | SkipPlan {
  const strategy = sourceStrategyOf(build) ?? {};
  const baseImage = referenceKeyOf(strategy['from']);
  const history = facts.history === 'unavailable' ? undefined : facts.history;
  // A clone has the label of its source; any other Build has that of the BuildConfig as it is now.
  if (isClone && history?.buildConfig !== undefined && !(history.buildConfig.optedIn ?? hasOptedIn(namespace))) {
    return { kind: 'skip', reason: 'build_config_opted_out', warnings: [] };
  }
  const features = resolveFeatures(build, namespace, config);
  // The server rejects an env that is no list, and nothing can be written into it.
  const isWritable = strategy['env'] == null || Array.isArray(strategy['env']);
  const env = isWritable ? missingVariables(features.profile, envOf(build)) : [];
  const finalEnv = withVariables(envOf(build), env);
  const wrapper = planWrapper({
    build,
    wanted: features.wrapper,
    profile: features.wrapperProfile?.name,
    env: finalEnv,
    isProxied: facts.isProxied,
    version: scriptsVersion,
    config: config.assemble,
    failedAt: (scripts) => history?.scriptsFailedAt(scripts),
    now,
  });
  const decision = decideBuild({
    mode: features.mode,
    incremental: strategy['incremental'],
    wrapper: wrapper.kind,
    baseImage,
    baseDigest: facts.baseDigest,
    source: sourceOf(build),
    inputs: buildInputsOf(build),
    envNames: envNamesIn(finalEnv),
    limits: config.incremental,
    now,
    history: facts.history,
    previousImage: facts.previousImage,
  });
  const pushSecret = referencedName(build, 'spec', 'output', 'pushSecret');
  const output = planOutput({
    to: objectAt(build, 'spec', 'output', 'to'),
    pushSecret,
    namespace: namespace.name,
    buildNumber: buildNumberOf(build) ?? 0,
    arePredecessorsKnown: arePredecessorsKnown(facts.history, buildNumberOf(build), now),
    timestampTag: features.timestampTag,
    isAnnotationKnown: facts.history !== 'unavailable',
    outputRepository: history?.buildConfig?.outputRepository,
    config: config.output,
    now,
    issuedUpTo: facts.issuedUpTo,
    isUsed: (reference) => history?.references.has(reference) === true,
  });
  const { previous } = decision;
  // Without a BuildConfig no later Build continues from this one.
  const delivered = wrapper.kind === 'delivered' && decision.reason !== 'no_build_config' ? wrapper : undefined;
  const imageSource = delivered?.imageSource;
  return {
    kind: 'mutate',
    resource: 'builds',
    ...decision,
    ...continueFrom(previous, {
      replaced: stringAt(strategy, 'from', 'name'),
      annotated: pullSecretAnnotation(history?.buildConfig?.pullSecret),
      configured: config.incremental.pullSecret,
      current: referencedName(strategy, 'pullSecret'),
      output: output.to?.name ?? stringAt(build, 'spec', 'output', 'to', 'name'),
      pushSecret: output.pushSecret ?? pushSecret,
    }),
    incremental: planIncremental(features, decision, config),
    scripts: delivered?.scripts,
    imageSource,
    output: output.to,
    pushSecret: output.pushSecret === undefined ? undefined : { name: output.pushSecret },
    env,
    annotations: encodeBuildRecord(nameOf(build), {
      origin: {
        ...settingsOf(build, strategy),
        env,
        ...(imageSource !== undefined && { images: imagesFormOf(build) }),
      },
      decision: decision.decision,
      reason: decision.reason,
      mode: features.mode,
      // If the registry does not answer, the previous Build still records the base image of the chain.
      baseImage:
        previous !== undefined && facts.baseDigest === undefined
          ? previous.baseImage
          : recordedBase(baseImage, facts.baseDigest),
      previousBuild: previous?.name,
      chainDepth: previous === undefined ? 0 : previous.chainDepth + 1,
      chainStarted: startOfChain(decision, history?.previous) ?? now,
      chainFullSeconds: previous?.chainFullSeconds,
    }),
    issued: output.issued,
    savesNothing: decision.previous === undefined ? undefined : timesIfNothingSaved(decision.previous, history),
    warnings: limitWarnings([...features.warnings, ...output.warnings.map(warning), ...objectWarnings(build)]),
  };
}

/**
 * Returns whether the namespace opted in. A clone that has the label itself comes through the webhook entry for the
 * label. There only the labels of the namespace say it.
 */
function hasOptedIn({ optedIn, labels: read }: NamespaceFacts): boolean {
  return optedIn || read[labels.enabled] === 'true';
}

/**
 * Returns when the chain of a Build started. A Build that is full because incremental builds save nothing keeps the
 * start of the last chain, because the age of that chain ends the full builds.
 */
function startOfChain({ previous, reason }: BuildDecision, last: PreviousBuild | undefined): number | undefined {
  return reason === 'saves_nothing' ? last?.chainStarted : previous?.chainStarted;
}

/** Returns the times of a chain whose first three incremental Builds save nothing; undefined otherwise. */
function timesIfNothingSaved(previous: PreviousBuild, history: BuildConfigHistory | undefined): ChainTimes | undefined {
  // If several Builds are queued behind the third, only the first reports.
  const isFirst = history?.numbers.every(({ number }) => number <= previous.number) === true;
  const times = previous.chainDepth === 3 && isFirst ? chainTimesOf(history.outcomes) : undefined;
  return times !== undefined && times.incremental >= times.full ? times : undefined;
}

/** Returns the image of the previous Build and the Secret to pull it with. */
function continueFrom(
  previous: PreviousBuild | undefined,
  secrets: Omit<PullSecretRequest, 'image'>,
): Pick<BuildChanges, 'from' | 'pullSecret'> {
  if (previous === undefined) return { from: undefined, pullSecret: undefined };
  const { image } = previous;
  const pullSecret = choosePullSecret({ ...secrets, image });
  return {
    from: { kind: 'DockerImage', name: image },
    pullSecret: pullSecret === undefined ? null : { name: pullSecret },
  };
}

/**
 * Decides the value of `sourceStrategy.incremental`; undefined: unmodified.
 *
 * | mode  | reason                  | flag | incremental        |
 * | ----- | ----------------------- | ---- | ------------------ |
 * | off   | any                     | any  | unmodified         |
 * | chain | `clean_build_requested` | any  | unmodified (false) |
 * | chain | `incremental_off`       | any  | unmodified (false) |
 * | chain | any other               | auto | false              |
 * | chain | any other               | true | true               |
 */
function planIncremental(features: Features, { reason }: BuildDecision, config: Config): boolean | undefined {
  if (features.mode === 'off' || reason === 'clean_build_requested' || reason === 'incremental_off') return undefined;
  return config.incremental.flag === 'true';
}

/** Returns the name in the annotation; undefined if it is not a valid name. */
function pullSecretAnnotation(text: string | undefined): string | undefined {
  return text !== undefined && isObjectName(text) ? text : undefined;
}
