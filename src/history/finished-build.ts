import { type FinalPhase, durationOf, finalPhaseOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { annotationOf, nameOf } from '../openshift/metadata.ts';

/** What a Build was and how it ended. */
export interface FinishedBuild {
  /** `unrecorded`: it was not admitted here. */
  readonly decision: 'incremental' | 'full' | 'unrecorded';
  readonly phase: FinalPhase;
  /** How long it took; 0 for one that ended before it started. */
  readonly seconds: number;
  /** How much less than the full build that its chain started with; 0 where it took longer, failed, or nothing is known to compare it with. */
  readonly savedSeconds: number;
}

/** What is to be counted of a Build; undefined for one that has not finished. */
export function finishedBuildOf(build: JsonObject): FinishedBuild | undefined {
  const phase = finalPhaseOf(build);
  if (phase === undefined) return undefined;
  const decision = ownDecisionOf(build) ?? 'unrecorded';
  const seconds = durationOf(build);
  const full = chainFullSecondsOf(build);
  const isComparable =
    decision === 'incremental' && phase === 'Complete' && seconds !== undefined && full !== undefined;
  return { decision, phase, seconds: seconds ?? 0, savedSeconds: isComparable ? Math.max(0, full - seconds) : 0 };
}

/** What a Build's own record says that it is; undefined without one. A clone that was not admitted anew carries that of the Build it copies. */
export function ownDecisionOf(build: JsonObject): 'incremental' | 'full' | undefined {
  const decision = annotationOf(build, annotations.decision);
  const isOwn = annotationOf(build, annotations.admittedAs) === nameOf(build);
  return isOwn && (decision === 'incremental' || decision === 'full') ? decision : undefined;
}

/** Seconds that the full build took which started an incremental one's chain, as recorded; undefined where that is not known. */
export function chainFullSecondsOf(build: JsonObject): number | undefined {
  const text = annotationOf(build, annotations.chainFullSeconds) ?? '';
  // A week in seconds has six digits, and anyone with edit rights may have written it before the Build was admitted.
  return /^[0-9]{1,6}$/.test(text) ? Number(text) : undefined;
}
