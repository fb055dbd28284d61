import type { Mode } from '../config/config.ts';
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
 * | otherwise                                             | incremental `continued`           |
 */
export function decideBase({ mode, incremental, wrapperUnavailable, history }: BaseRequest): BaseDecision {
  const known = history === 'unavailable' ? undefined : history;
  if (mode === 'false') return full('incremental_off');
  if (incremental === false) {
    return full(known?.buildConfig?.incremental === false ? 'incremental_off' : 'clean_build_requested');
  }
  if (history === undefined) return full('no_build_config');
  if (wrapperUnavailable) return full('wrapper_unavailable');
  if (history === 'unavailable') return full('history_unavailable');
  if (!history.hasBuilds) return full('first_build');
  if (history.previous === undefined) return full('no_previous_image');
  return { decision: 'incremental', reason: 'continued', previous: history.previous };
}

function full(reason: FullReason): BaseDecision {
  return { decision: 'full', reason };
}
