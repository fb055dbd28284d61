import { type FinalPhase, durationOf, finalPhaseOf } from '../openshift/build.ts';
import { type BuildFailure, buildFailureOf } from '../openshift/build-failure.ts';
import type { JsonObject } from '../openshift/json.ts';
import { decodeBuildRecord } from '../policy/build-record.ts';

/** What a Build was and how it ended. */
export interface FinishedBuild {
  /** `unrecorded`: it was not admitted here. */
  readonly decision: 'incremental' | 'full' | 'unrecorded';
  readonly phase: FinalPhase;
  /** Undefined for one that completed or was cancelled. */
  readonly failure: BuildFailure | undefined;
  /** How long it took; 0 for one that ended before it started. */
  readonly seconds: number;
  /**
   * How much less than the full build that its chain started with; 0 where it took longer, failed, or nothing is known
   * to compare it with.
   */
  readonly savedSeconds: number;
}

/** What is to be counted of a Build; undefined for one that has not finished. */
export function finishedBuildOf(build: JsonObject): FinishedBuild | undefined {
  const phase = finalPhaseOf(build);
  if (phase === undefined) return undefined;
  const record = decodeBuildRecord(build);
  const decision = record?.decision ?? 'unrecorded';
  const seconds = durationOf(build);
  const full = record?.chainFullSeconds;
  const isComparable =
    decision === 'incremental' && phase === 'Complete' && seconds !== undefined && full !== undefined;
  return {
    decision,
    phase,
    failure: buildFailureOf(build),
    seconds: seconds ?? 0,
    savedSeconds: isComparable ? Math.max(0, full - seconds) : 0,
  };
}
