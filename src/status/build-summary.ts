import { previousBuildOf } from '../history/earlier-build.ts';
import { buildConfigOf, buildNumberOf, durationOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { createdAt, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { type BuildRecord, type DecodedBuildRecord, decodeBuildRecord } from '../policy/build-record.ts';

/** Holds a Build's record with at least a decision. */
export type RecordedDecision = DecodedBuildRecord & { readonly decision: BuildRecord['decision'] };

/** Holds the part of a record that a summary keeps: no text from users. */
export type SummarizedDecision = Pick<
  RecordedDecision,
  'decision' | 'reason' | 'chainDepth' | 'chainStarted' | 'chainFullSeconds'
>;

/** Holds the part of a Build that `status` needs. */
export interface BuildSummary {
  readonly name: string;
  /** -1: unknown. */
  readonly number: number;
  /** Milliseconds since the epoch; undefined: unknown. */
  readonly createdAt: number | undefined;
  readonly phase: string;
  /** Undefined: the Build was not admitted. */
  readonly recorded: SummarizedDecision | undefined;
  /** The image it was built from, without `Kind/`. */
  readonly from: string | undefined;
  /** The image that the next Build could continue from. */
  readonly image: string | undefined;
  /** Duration in whole seconds; undefined unless Complete. */
  readonly seconds: number | undefined;
}

/** Returns the key of a Build's BuildConfig, like buildConfigKeyOf; undefined for a Build made by hand. */
export function ownerKeyOf(build: JsonObject): string | undefined {
  const owner = buildConfigOf(build);
  return owner === undefined ? undefined : `${namespaceOf(build)}/${owner.uid}`;
}

/** Returns the key of a BuildConfig, which changes if it is deleted and created again. */
export function buildConfigKeyOf(buildConfig: JsonObject): string {
  return `${namespaceOf(buildConfig)}/${stringAt(buildConfig, 'metadata', 'uid') ?? ''}`;
}

/** Returns a summary of a Build, so small that a list of many thousands fits in memory. */
export function summarizeBuild(build: JsonObject): BuildSummary {
  const phase = stringAt(build, 'status', 'phase') ?? 'New';
  return {
    name: nameOf(build),
    number: buildNumberOf(build) ?? -1,
    createdAt: createdAt(build),
    phase,
    recorded: summarize(recordedDecisionOf(build)),
    from: stringAt(build, 'spec', 'strategy', 'sourceStrategy', 'from', 'name'),
    image: previousBuildOf(build)?.image,
    seconds: phase === 'Complete' ? durationOf(build) : undefined,
  };
}

/** Returns the record; undefined if the Build was not admitted, or is a clone that was not. */
export function recordedDecisionOf(build: JsonObject): RecordedDecision | undefined {
  const record = decodeBuildRecord(build);
  return record?.decision === undefined ? undefined : { ...record, decision: record.decision };
}

function summarize(recorded: RecordedDecision | undefined): SummarizedDecision | undefined {
  if (recorded === undefined) return undefined;
  const { decision, reason, chainDepth, chainStarted, chainFullSeconds } = recorded;
  return { decision, reason, chainDepth, chainStarted, chainFullSeconds };
}
