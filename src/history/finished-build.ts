import { type FinalPhase, durationOf, finalPhaseOf } from '../openshift/build.ts';
import { type BuildFailure, buildFailureOf } from '../openshift/build-failure.ts';
import type { JsonObject } from '../openshift/json.ts';
import { decodeBuildRecord } from '../policy/build-record.ts';

/** Describes a finished Build. */
export interface FinishedBuild {
  /** `unrecorded`: the webhook did not admit it. */
  readonly decision: 'incremental' | 'full' | 'unrecorded';
  readonly phase: FinalPhase;
  /** Undefined if it completed or was cancelled. */
  readonly failure: BuildFailure | undefined;
  /** Duration; 0 if it ended before it started. */
  readonly seconds: number;
  /**
   * Time saved against the full build of its chain; 0 if it took longer, failed, or there is nothing to compare with.
   */
  readonly savedSeconds: number;
}

/** Returns the description of a finished Build; undefined if it has not finished. */
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
