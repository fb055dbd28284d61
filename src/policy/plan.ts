/** Plans as data: what is decided about an object. Mutations carry a plan out, and telemetry reports it. */
import type { JsonObject } from '../openshift/json.ts';
import type { ChainTimes } from './chain-times.ts';
import type { PreviousBuild } from './facts.ts';
import type { BuildConfigReason, FullReason, IncrementalReason, SkipReason, UpdateReason } from './reasons.ts';

/** An object is skipped: it passes unmodified. */
export interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: SkipReason;
  readonly warnings: readonly string[];
}

/** How a Build is built: in full from the base image, or from the image of the previous Build. */
export type BuildDecision =
  | { readonly decision: 'full'; readonly reason: FullReason; readonly previous: undefined }
  | { readonly decision: 'incremental'; readonly reason: IncrementalReason; readonly previous: PreviousBuild };

/** One variable of `sourceStrategy.env`. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** A variable that is written into `sourceStrategy.env`. */
export interface PlannedVariable extends EnvironmentVariable {
  /** The variable without a value whose place it takes; absent: it goes to the end. */
  readonly replaces?: JsonObject;
}

/** A tag that was chosen, and where it stands in its series. */
export interface IssuedTag {
  readonly tag: string;
  /** Everything of the reference that does not count up: repository and format. */
  readonly series: string;
  /** The series counts these up; the next tag has a higher one. */
  readonly position: number;
}

/** What is written into a Build. Of each field: a value is written, undefined leaves the field unmodified. */
export interface BuildChanges {
  readonly from: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  readonly incremental: boolean | undefined;
  /** Null: the field is removed. */
  readonly pullSecret: { readonly name: string } | null | undefined;
  /** URL of the folder with the assemble wrapper. */
  readonly scripts: string | undefined;
  /** Added to `spec.source.images`. */
  readonly imageSource: JsonObject | undefined;
  readonly output: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  readonly pushSecret: { readonly name: string } | undefined;
  readonly env: readonly PlannedVariable[];
  /** Our annotations; null: removed, whoever wrote it. */
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** The plan of an opted-in Build that is created. */
export type BuildPlan = BuildDecision &
  BuildChanges & {
    readonly kind: 'mutate';
    readonly resource: 'builds';
    readonly issued: IssuedTag | undefined;
    /**
     * What the Builds of its chain took, if the incremental ones save nothing; in one Build of a chain, to say so once.
     */
    readonly savesNothing: ChainTimes | undefined;
    readonly warnings: readonly string[];
  };

/** The plan of a BuildConfig, given as its user has it. */
export interface BuildConfigPlan {
  readonly kind: 'mutate';
  readonly resource: 'buildconfigs';
  readonly reason: BuildConfigReason;
  /** Undefined: the field stays unmodified. */
  readonly incremental: true | undefined;
  readonly env: readonly PlannedVariable[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** The plan of a Build whose update changed our annotations: they are restored. */
export interface RestorePlan {
  readonly kind: 'restore';
  readonly reason: UpdateReason;
  /** Null: not there. */
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly warnings: readonly string[];
}

export type Plan = SkipPlan | BuildPlan | BuildConfigPlan | RestorePlan;

/** Returns the plan if it is that of a created Build. */
export function buildPlanOf(plan: Plan): BuildPlan | undefined {
  return plan.kind === 'mutate' && plan.resource === 'builds' ? plan : undefined;
}
