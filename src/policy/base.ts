import type { IncrementalConfig, Mode } from '../config/config.ts';
import type { BuildConfigHistory, PreviousBuild } from './facts.ts';
import type { FullReason } from './reasons.ts';

/** What a Build is built from: the base OpenShift chose, or the image of an earlier Build. */
export type BaseDecision =
  | { readonly decision: 'full'; readonly reason: FullReason }
  | { readonly decision: 'incremental'; readonly reason: 'continued'; readonly previous: PreviousBuild };

/** What the decision depends on. */
export interface BaseRequest {
  readonly mode: Mode;
  /** The Build's own `sourceStrategy.incremental`. */
  readonly incremental: unknown;
  readonly wrapperUnavailable: boolean;
  /** The base that OpenShift chose for this Build, `Kind/name`. */
  readonly originFrom: string;
  /** This Build's source repository and folder. */
  readonly source: string;
  /** The names in this Build's env, the profile's included. */
  readonly envNames: readonly string[];
  readonly limits: Pick<IncrementalConfig, 'maxDepth' | 'maxAge'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Undefined: the Build has no BuildConfig. */
  readonly history: BuildConfigHistory | 'unavailable' | undefined;
}

/**
 * The first row that fits; what the user asked for goes before what is possible:
 *
 * | condition                                             | decision and reason               |
 * | ----------------------------------------------------- | --------------------------------- |
 * | mode `false`                                          | full `incremental_off`            |
 * | `incremental: false`, the BuildConfig's own           | full `incremental_off`            |
 * | `incremental: false`, by `oc start-build`             | full `clean_build_requested`      |
 * | no BuildConfig                                        | full `no_build_config`            |
 * | wrapper wanted and not to be had                      | full `wrapper_unavailable`        |
 * | history not read                                      | full `history_unavailable`        |
 * | no earlier Build                                      | full `first_build`                |
 * | earlier Builds, none complete with an image           | full `no_previous_image`          |
 * | the chain started from another base                   | full `base_image_changed`         |
 * | the previous Build had another source                 | full `source_changed`             |
 * | the previous Build had a variable that is gone        | full `env_removed`                |
 * | the chain has `maxDepth` builds on top of its first   | full `chain_depth_reached`        |
 * | the chain started `maxAge` ago                        | full `chain_age_reached`          |
 * | otherwise                                             | incremental `continued`           |
 */
export function decideBase(request: BaseRequest): BaseDecision {
  const { mode, incremental, wrapperUnavailable, history } = request;
  const known = history === 'unavailable' ? undefined : history;
  if (mode === 'off') return full('incremental_off');
  if (incremental === false) {
    return full(known?.buildConfig?.incremental === false ? 'incremental_off' : 'clean_build_requested');
  }
  if (history === undefined) return full('no_build_config');
  if (wrapperUnavailable) return full('wrapper_unavailable');
  if (history === 'unavailable') return full('history_unavailable');
  if (!history.hasBuilds) return full('first_build');
  if (history.previous === undefined) return full('no_previous_image');
  const reason = restartReason(history.previous, request);
  return reason === undefined
    ? { decision: 'incremental', reason: 'continued', previous: history.previous }
    : full(reason);
}

/** Why a chain that could go on must not; the image it would build on holds something that is no longer wanted. */
function restartReason(previous: PreviousBuild, request: BaseRequest): FullReason | undefined {
  const { maxDepth, maxAge } = request.limits;
  if (previous.originFrom !== request.originFrom) return 'base_image_changed';
  if (previous.source !== request.source) return 'source_changed';
  if (previous.envNames.length > 0) {
    const names = new Set(request.envNames);
    if (!previous.envNames.every((name) => names.has(name))) return 'env_removed';
  }
  if (previous.chainDepth >= maxDepth) return 'chain_depth_reached';
  if (previous.chainStarted !== undefined && request.now - previous.chainStarted >= maxAge) return 'chain_age_reached';
  return undefined;
}

function full(reason: FullReason): BaseDecision {
  return { decision: 'full', reason };
}
