import { previousBuildOf } from '../history/build-record.ts';
import { chainFullSecondsOf, ownDecisionOf } from '../history/finished-build.ts';
import { buildConfigOf, buildNumberOf, durationOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { annotationOf, nameOf, namespaceOf } from '../openshift/metadata.ts';

/** What was decided about a Build when it was admitted. */
export interface RecordedDecision {
  readonly decision: 'incremental' | 'full';
  /** A code; an empty text where someone took it away. */
  readonly reason: string;
  readonly chainDepth: number | undefined;
  /** RFC 3339, as recorded. */
  readonly chainStarted: string | undefined;
}

/** What the status of a BuildConfig needs of one of its Builds. */
export interface BuildSummary {
  readonly name: string;
  /** -1: not known. */
  readonly number: number;
  readonly phase: string;
  /** Undefined: the Build was not admitted. */
  readonly recorded: RecordedDecision | undefined;
  /** The image it was built from, `Kind/name` left out. */
  readonly from: string | undefined;
  /** The image that the next Build could continue from. */
  readonly image: string | undefined;
  /** How long it took, in whole seconds; undefined unless Complete. */
  readonly seconds: number | undefined;
  readonly chainFullSeconds: number | undefined;
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
    phase,
    recorded: recordedDecisionOf(build),
    from: stringAt(build, 'spec', 'strategy', 'sourceStrategy', 'from', 'name'),
    image: previousBuildOf(build)?.image,
    seconds: phase === 'Complete' ? durationOf(build) : undefined,
    chainFullSeconds: chainFullSecondsOf(build),
  };
}

/** What the webhook recorded; undefined where it did not admit the Build, a clone's leftover included. */
export function recordedDecisionOf(build: JsonObject): RecordedDecision | undefined {
  const decision = ownDecisionOf(build);
  if (decision === undefined) return undefined;
  return {
    decision,
    reason: annotationOf(build, annotations.reason) ?? '',
    chainDepth: wholeNumber(annotationOf(build, annotations.chainDepth)),
    chainStarted: annotationOf(build, annotations.chainStarted),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
