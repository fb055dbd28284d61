import type { IncrementalConfig, Mode } from '../config/config.ts';
import { labels } from '../openshift/keys.ts';
import { isOtherBase } from './base-image.ts';
import { chainTimesOf } from './chain-times.ts';
import type { BuildConfigHistory, BuildOutcome, Facts, PreviousBuild } from './facts.ts';

/** Holds everything that the decision between a full and an incremental build depends on. */
export interface DecisionRequest {
  readonly mode: Mode;
  /** The Build's own `sourceStrategy.incremental`. */
  readonly incremental: unknown;
  readonly wrapper: 'not_wanted' | 'unavailable' | 'unreachable' | 'delivered';
  /** The base image that OpenShift chose for this Build, as `referenceKeyOf` returns it. */
  readonly baseImage: string;
  /** The digest that its tag has now; undefined if unknown. */
  readonly baseDigest: string | undefined;
  /** Source repository and folder, as `sourceOf` returns them. */
  readonly source: string;
  /** The other inputs of the source, as `buildInputsOf` returns them. */
  readonly inputs: string;
  /** The names in the Build's env, including the profile's. */
  readonly envNames: readonly string[];
  readonly limits: Pick<IncrementalConfig, 'maxDepth' | 'maxAge' | 'minSaving'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Undefined: the Build has no BuildConfig. */
  readonly history: BuildConfigHistory | 'unavailable' | undefined;
  readonly previousImage: Facts['previousImage'];
}

/** Describes one reason of a full build. */
interface FullBuildRule {
  readonly code: string;
  /** Completes "… because <sentence>". */
  readonly sentence: string;
  /** Says what keeps the next Build full and what to do about it; null if the next one can be incremental. */
  readonly advice: string | null;
}

interface BuildRule extends FullBuildRule {
  readonly applies: (request: DecisionRequest) => boolean;
}

interface ChainRule extends FullBuildRule {
  readonly applies: (request: DecisionRequest, previous: PreviousBuild) => boolean;
}

/**
 * Lists the rules that need no previous image. The first that applies is the reason, so the user's own requests come
 * first.
 */
export const buildRules = [
  {
    code: 'incremental_off',
    sentence: 'its labels, its BuildConfig or the configuration ask for full builds',
    advice:
      `The next Build is full too, until the label ${labels.incremental}, the BuildConfig's incremental: false ` +
      "or the webhook's incremental.mode changes.",
    applies: (request) =>
      request.mode === 'off' ||
      (request.incremental === false && knownHistory(request)?.buildConfig?.incremental === false),
  },
  {
    code: 'clean_build_requested',
    sentence: 'it was started with --incremental=false',
    advice: null,
    applies: ({ incremental }) => incremental === false,
  },
  {
    code: 'no_build_config',
    sentence: 'it belongs to no BuildConfig, so it has no previous Build',
    advice: 'No Build continues from it.',
    applies: ({ history }) => history === undefined,
  },
  {
    code: 'wrapper_unavailable',
    sentence: 'the assemble wrapper is wanted but cannot be delivered to it',
    advice:
      'The next Build is full too, until the wrapper can be delivered. Set assemble.image or assemble.baseUrl, and ' +
      'no scripts in the BuildConfig. Put none of its source.secrets into /tmp/src, the source folder. With ' +
      'assemble.baseUrl, set no proxy in its env, nor in buildDefaults.env of builds.config.openshift.io/cluster. ' +
      `If the repository's own assemble handles chains, set the label ${labels.assembleWrapper}=false.`,
    applies: ({ wrapper }) => wrapper === 'unavailable',
  },
  {
    code: 'wrapper_unreachable',
    sentence: 'a Build of this namespace could not fetch the assemble wrapper within the last 24 hours',
    advice:
      'The next Build is full too, for 24 hours after that failure. Build pods must reach assemble.baseUrl ' +
      '(NetworkPolicy, proxy); with assemble.image they need no connection.',
    applies: ({ wrapper }) => wrapper === 'unreachable',
  },
  {
    code: 'history_unavailable',
    sentence: 'the earlier Builds could not be read',
    advice:
      'The next Build is full too, until the webhook can read Builds and BuildConfigs. Its log and /readyz ' +
      'show the cause.',
    applies: ({ history }) => history === 'unavailable',
  },
  {
    code: 'first_build',
    sentence: 'it is the first Build since its BuildConfig opted in',
    advice: null,
    applies: (request) => knownHistory(request)?.hasBuilds === false,
  },
  {
    code: 'no_previous_image',
    sentence: 'there is no earlier Build that is Complete and has an image',
    advice: null,
    applies: (request) => knownHistory(request)?.previous === undefined,
  },
] as const satisfies readonly BuildRule[];

/** Lists the rules for a Build with a previous image: each says why the Build must not, or cannot, continue from it. */
export const chainRules = [
  {
    code: 'previous_too_large',
    sentence: 'the settings of the previous Build are too large to be compared',
    advice: "The next Build is full too, as long as the names in the Build's env take more than 16 KiB.",
    applies: (_request, previous) => previous.isTooLarge,
  },
  {
    code: 'base_image_changed',
    sentence: 'the base image changed since the chain started',
    advice: null,
    applies: ({ baseImage, baseDigest }, previous) => isOtherBase(previous.baseImage, baseImage, baseDigest),
  },
  {
    code: 'source_changed',
    sentence: 'the source repository or its folder changed',
    advice: null,
    applies: ({ source }, previous) => previous.source !== source,
  },
  {
    code: 'build_inputs_changed',
    sentence: 'a Secret, ConfigMap or image of its source was added, removed or moved',
    advice: null,
    applies: ({ inputs }, previous) => previous.inputs !== inputs,
  },
  {
    code: 'env_removed',
    sentence: 'a variable of the previous Build was removed, and its image still has it',
    advice: null,
    applies: ({ envNames }, previous) => {
      const names = new Set(envNames);
      return !previous.envNames.every((name) => names.has(name));
    },
  },
  {
    code: 'chain_depth_reached',
    sentence: 'the chain reached incremental.maxDepth',
    advice: null,
    applies: ({ limits }, previous) => previous.chainDepth >= limits.maxDepth,
  },
  {
    code: 'chain_age_reached',
    sentence: 'the chain reached incremental.maxAge',
    advice: null,
    applies: ({ limits, now }, previous) =>
      previous.chainStarted !== undefined && now - previous.chainStarted >= limits.maxAge,
  },
  {
    code: 'previous_without_wrapper',
    sentence: 'the previous Build ran without the assemble wrapper, so its image has no record of what to remove',
    advice: null,
    applies: ({ wrapper }, previous) => wrapper === 'delivered' && !previous.hadWrapper,
  },
  {
    code: 'continuing_fails',
    sentence: 'two incremental Builds failed since the last one that succeeded',
    advice:
      'The next Builds are full until incremental.maxAge has passed since those failures. If full builds of the same ' +
      'commit succeed, look at the log of a failed incremental one.',
    applies: ({ history, limits, now }) => {
      const continued = outcomesOf(history).filter((outcome) => outcome.continued);
      const succeeded = continued.findIndex((outcome) => outcome.succeeded);
      const failed = succeeded === -1 ? continued : continued.slice(0, succeeded);
      return failed.filter(({ failedAt }) => failedAt === undefined || now - failedAt < limits.maxAge).length >= 2;
    },
  },
  {
    code: 'previous_failed',
    sentence: 'the last incremental Build failed',
    advice: null,
    applies: ({ history }) => {
      const newest = outcomesOf(history)[0];
      return newest !== undefined && newest.continued && !newest.succeeded;
    },
  },
  {
    code: 'saves_nothing',
    sentence: 'incremental Builds save less than incremental.minSaving',
    advice:
      'The next Builds are full until the base image changes or incremental.maxAge has passed since ' +
      'their chain started.',
    applies: ({ history, limits }, previous) => {
      if (limits.minSaving === 0) return false;
      const times = chainTimesOf(outcomesOf(history));
      const isSlow = times !== undefined && (times.full - times.incremental) * 1_000 < limits.minSaving;
      return previous.savedNothing || isSlow;
    },
  },
  {
    code: 'previous_image_missing',
    sentence: 'the registry no longer has the previous image',
    advice: null,
    applies: ({ previousImage }) => previousImage === 'missing',
  },
] as const satisfies readonly ChainRule[];

/** Lists every rule, in order. */
export const fullBuildRules = [...buildRules, ...chainRules] as const;

function outcomesOf(history: DecisionRequest['history']): readonly BuildOutcome[] {
  return history === 'unavailable' || history === undefined ? [] : history.outcomes;
}

function knownHistory({ history }: DecisionRequest): BuildConfigHistory | undefined {
  return history === 'unavailable' ? undefined : history;
}
