/** This file has plans as data. Mutations carry them out, telemetry reports them. */
import type { JsonObject } from '../openshift/json.ts';
import type { ChainTimes } from './chain-times.ts';
import type { PreviousBuild } from './facts.ts';
import type { BuildConfigReason, FullReason, IncrementalReason, SkipReason, UpdateReason } from './reasons.ts';

/** Says why an object is skipped: it passes unmodified. */
export interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: SkipReason;
  readonly warnings: readonly string[];
}

/** Says whether a Build is full, or incremental and from which previous Build. */
export type BuildDecision =
  | { readonly decision: 'full'; readonly reason: FullReason; readonly previous: undefined }
  | { readonly decision: 'incremental'; readonly reason: IncrementalReason; readonly previous: PreviousBuild };

/** Describes a variable of `sourceStrategy.env`. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** Describes a variable to write into `sourceStrategy.env`. */
export interface PlannedVariable extends EnvironmentVariable {
  /** The variable without a value to replace; absent: the variable is appended. */
  readonly replaces?: JsonObject;
}

/**
 * Holds a tag that was chosen, and its position in its series. With `{timestamp}` the position is a second of local
 * time, otherwise the number that is appended to the tag.
 */
export interface IssuedTag {
  readonly tag: string;
  /** Repository and format, without the part that counts up. */
  readonly series: string;
  /** The next tag of the series gets a higher position. */
  readonly position: number;
}

/** Holds the values to write into a Build; undefined leaves a field unmodified. */
export interface BuildChanges {
  readonly from: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  readonly incremental: boolean | undefined;
  /** Null: the field is removed. */
  readonly pullSecret: { readonly name: string } | null | undefined;
  /** The URL of the folder with the assemble wrapper. */
  readonly scripts: string | undefined;
  /** An entry to append to `spec.source.images`. */
  readonly imageSource: JsonObject | undefined;
  readonly output: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  readonly pushSecret: { readonly name: string } | undefined;
  readonly env: readonly PlannedVariable[];
  /** The webhook's annotations; null: removed. */
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** Holds the decision about an opted-in Build that is being created, and its changes. */
export type BuildPlan = BuildDecision &
  BuildChanges & {
    readonly kind: 'mutate';
    readonly resource: 'builds';
    readonly issued: IssuedTag | undefined;
    /**
     * The times of its chain if incremental Builds save nothing; set for one Build of a chain, so that it is reported
     * once.
     */
    readonly savesNothing: ChainTimes | undefined;
    readonly warnings: readonly string[];
  };

/** Holds the changes to a BuildConfig; they apply to its restored form. */
export interface BuildConfigPlan {
  readonly kind: 'mutate';
  readonly resource: 'buildconfigs';
  readonly reason: BuildConfigReason;
  /** Undefined: the field is unmodified. */
  readonly incremental: true | undefined;
  readonly env: readonly PlannedVariable[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Holds the webhook's annotations of a Build that are restored, because an update changed them. */
export interface RestorePlan {
  readonly kind: 'restore';
  readonly reason: UpdateReason;
  /** Null: removed. */
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly warnings: readonly string[];
}

/** Says what happens to an object. */
export type Plan = SkipPlan | BuildPlan | BuildConfigPlan | RestorePlan;

/** Returns the plan if it is that of a created Build. */
export function buildPlanOf(plan: Plan): BuildPlan | undefined {
  return plan.kind === 'mutate' && plan.resource === 'builds' ? plan : undefined;
}
