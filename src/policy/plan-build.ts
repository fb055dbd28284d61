import type { Config } from '../config/config.ts';
import { buildNumberOf, referenceKeyOf, envNamesOf, sourceOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { isObjectName, nameOf, referencedName, formatTime } from '../openshift/metadata.ts';
import { type BaseDecision, decideBase } from './base.ts';
import { encodeBuildOrigin, settingsOf } from './build-origin.ts';
import type { Facts } from './facts.ts';
import { type Features, resolveFeatures } from './features.ts';
import { objectWarnings } from './object-warnings.ts';
import { type OutputPlan, planOutput } from './output.ts';
import { type EnvironmentVariable, type SkipPlan, missingVariables } from './plan.ts';
import { choosePullSecret } from './pull-secret.ts';
import type { IssuedTag } from './tag.ts';
import { limitWarnings, warning } from './warnings.ts';
import { planWrapper } from './wrapper.ts';

/** What a Build is to become. Of each field: a value is written, undefined leaves it as it is. */
export interface BuildPlan {
  readonly kind: 'mutate';
  readonly resource: 'builds';
  readonly base: BaseDecision;
  readonly from: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  readonly incremental: boolean | undefined;
  /** Null: the field is removed. */
  readonly pullSecret: { readonly name: string } | null | undefined;
  /** URL of the folder with the assemble wrapper. */
  readonly scripts: string | undefined;
  readonly output: OutputPlan['to'];
  readonly pushSecret: { readonly name: string } | undefined;
  /** Appended to `sourceStrategy.env`. */
  readonly env: readonly EnvironmentVariable[];
  /** Our annotations; null: removed, whoever wrote it. */
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly issued: IssuedTag | undefined;
  readonly warnings: readonly string[];
}

/** Everything a Build's plan depends on. `now` is milliseconds since the epoch. */
export interface BuildPlanRequest {
  /** The Build as OpenShift made it; a clone without what its source was given. */
  readonly build: JsonObject;
  readonly isClone: boolean;
  readonly namespace: string;
  readonly facts: Facts;
  readonly config: Config;
  /** The version of the scripts that are served. */
  readonly scriptsVersion: string;
  readonly now: number;
}

/** Decides what becomes of an opted-in Build on its way in. */
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
  const history = facts.history === 'unavailable' ? undefined : facts.history;
  // A clone has the label of the Build it copies; any other Build has it from the BuildConfig of this moment.
  if (isClone && history?.buildConfig?.optedIn === false) {
    return { kind: 'skip', reason: 'build_config_opted_out', warnings: [] };
  }
  const features = resolveFeatures(build, config);
  const ownNames = envNamesOf(build);
  // An env that is no list is the server's to refuse; there is nothing to append to.
  const env =
    strategy['env'] == null || Array.isArray(strategy['env']) ? missingVariables(features.profile, ownNames) : [];
  const envNames = env.length === 0 ? ownNames : [...ownNames, ...env.map(({ name }) => name)];
  const wrapper = planWrapper({
    build,
    wanted: features.wrapper,
    profile: features.wrapperProfile?.name,
    envNames,
    version: scriptsVersion,
    config: config.assemble,
  });
  const base = decideBase({
    mode: features.mode,
    incremental: strategy['incremental'],
    wrapperUnavailable: wrapper.kind === 'unavailable',
    originFrom: referenceKeyOf(strategy['from']),
    source: sourceOf(build),
    envNames,
    limits: config.incremental,
    now,
    history: facts.history,
  });
  const pushSecret = referencedName(build, 'spec', 'output', 'pushSecret');
  const output = planOutput({
    to: objectAt(build, 'spec', 'output', 'to'),
    pushSecret,
    namespace,
    buildNumber: buildNumberOf(build) ?? 0,
    timestampTag: features.timestampTag,
    isAnnotationKnown: facts.history !== 'unavailable',
    outputRepository: history?.buildConfig?.outputRepository,
    config: config.output,
    now,
    issuedUpTo: facts.issuedUpTo,
    isUsed: (reference) => history?.references.has(reference) === true,
  });
  return {
    kind: 'mutate',
    resource: 'builds',
    base,
    from: base.decision === 'full' ? undefined : { kind: 'DockerImage', name: base.previous.image },
    incremental: planIncremental(features, base, config),
    pullSecret: base.decision === 'full' ? undefined : planPullSecret(base.previous.image),
    // Without a BuildConfig nothing will ever continue from it.
    scripts: wrapper.kind === 'delivered' && base.reason !== 'no_build_config' ? wrapper.scripts : undefined,
    output: output.to,
    pushSecret: output.pushSecret === undefined ? undefined : { name: output.pushSecret },
    env,
    annotations: planAnnotations({ build, features, base, env, now }),
    issued: output.issued,
    warnings: limitWarnings([...features.warnings, ...output.warnings.map(warning), ...objectWarnings(build)]),
  };

  function planPullSecret(image: string): { name: string } | null {
    const chosen = choosePullSecret({
      image,
      replaced: stringAt(strategy, 'from', 'name'),
      annotated: pullSecretAnnotation(history?.buildConfig?.pullSecret),
      configured: config.incremental.pullSecret,
      current: referencedName(strategy, 'pullSecret'),
      output: output.to?.name ?? stringAt(build, 'spec', 'output', 'to', 'name'),
      pushSecret: output.pushSecret ?? pushSecret,
    });
    return chosen === undefined ? null : { name: chosen };
  }
}

/**
 * | mode  | reason                  | flag | incremental   |
 * | ----- | ----------------------- | ---- | ------------- |
 * | false | any                     | any  | stays         |
 * | chain | `clean_build_requested` | any  | stays (false) |
 * | chain | `incremental_off`       | any  | stays (false) |
 * | chain | any other               | auto | false         |
 * | chain | any other               | true | true          |
 */
function planIncremental(features: Features, base: BaseDecision, config: Config): boolean | undefined {
  if (features.mode === 'off' || base.reason === 'clean_build_requested' || base.reason === 'incremental_off') {
    return undefined;
  }
  return config.incremental.flag === 'true';
}

function planAnnotations(request: {
  build: JsonObject;
  features: Features;
  base: BaseDecision;
  env: readonly EnvironmentVariable[];
  now: number;
}): Readonly<Record<string, string | null>> {
  const { build, features, base, env, now } = request;
  const previous = base.decision === 'full' ? undefined : base.previous;
  const strategy = sourceStrategyOf(build) ?? {};
  // Assigned one by one: a literal with so many computed keys takes longer than all of their values.
  const written: Record<string, string | null> = {};
  written[annotations.origin] = encodeBuildOrigin({ ...settingsOf(build, strategy), env });
  written[annotations.decision] = base.decision;
  written[annotations.reason] = base.reason;
  written[annotations.mode] = features.mode === 'off' ? 'false' : features.mode;
  written[annotations.originFrom] = referenceKeyOf(strategy['from']);
  written[annotations.previousBuild] = previous?.name ?? null;
  written[annotations.chainDepth] = String(previous === undefined ? 0 : previous.chainDepth + 1);
  written[annotations.chainStarted] = formatTime(previous?.chainStarted ?? now);
  written[annotations.chainFullSeconds] = previous?.chainFullSeconds?.toString() ?? null;
  written[annotations.admittedAs] = nameOf(build);
  return written;
}

/** The annotated Secret's name, parsed: what could not be one is as if it were not there. */
function pullSecretAnnotation(text: string | undefined): string | undefined {
  return text !== undefined && isObjectName(text) ? text : undefined;
}
