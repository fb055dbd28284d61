import { previousBuildOf } from '../history/earlier-build.ts';
import { buildConfigOf, buildNumberOf, durationOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { createdAt, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { type BuildRecord, type DecodedBuildRecord, decodeBuildRecord } from '../policy/build-record.ts';

/** The record of a Build, of which the decision at least could be read. */
export type RecordedDecision = DecodedBuildRecord & { readonly decision: BuildRecord['decision'] };

/** What a summary keeps of a record: no text of the user's. */
export type SummarizedDecision = Pick<
  RecordedDecision,
  'decision' | 'reason' | 'chainDepth' | 'chainStarted' | 'chainFullSeconds'
>;

/** What the status of a BuildConfig needs of one of its Builds. */
export interface BuildSummary {
  readonly name: string;
  /** -1: not known. */
  readonly number: number;
  /** Milliseconds since the epoch; undefined: not known. */
  readonly createdAt: number | undefined;
  readonly phase: string;
  /** Undefined: the Build was not admitted. */
  readonly recorded: SummarizedDecision | undefined;
  /** The image it was built from, `Kind/name` left out. */
  readonly from: string | undefined;
  /** The image that the next Build could continue from. */
  readonly image: string | undefined;
  /** How long it took, in whole seconds; undefined unless Complete. */
  readonly seconds: number | undefined;
}

/** The key of a Build's BuildConfig, see buildConfigKeyOf; undefined for a Build made by hand. */
export function ownerKeyOf(build: JsonObject): string | undefined {
  const owner = buildConfigOf(build);
  return owner === undefined ? undefined : `${namespaceOf(build)}/${owner.uid}`;
}

/** What tells a BuildConfig from all others, one made anew under its name included. */
export function buildConfigKeyOf(buildConfig: JsonObject): string {
  return `${namespaceOf(buildConfig)}/${stringAt(buildConfig, 'metadata', 'uid') ?? ''}`;
}

/** The few fields of a Build that count, so that a list of many thousands fits in memory. */
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

/** Returns what the webhook recorded; undefined if it did not admit the Build, a clone's leftover included. */
export function recordedDecisionOf(build: JsonObject): RecordedDecision | undefined {
  const record = decodeBuildRecord(build);
  return record?.decision === undefined ? undefined : { ...record, decision: record.decision };
}

function summarize(recorded: RecordedDecision | undefined): SummarizedDecision | undefined {
  if (recorded === undefined) return undefined;
  const { decision, reason, chainDepth, chainStarted, chainFullSeconds } = recorded;
  return { decision, reason, chainDepth, chainStarted, chainFullSeconds };
}
