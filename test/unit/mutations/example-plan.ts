import type { PreviousBuild } from '../../../src/policy/facts.ts';
import type { BuildConfigPlan, BuildDecision, BuildPlan } from '../../../src/policy/plan.ts';

/** Returns the plan of a Build that changes nothing, except for the given fields. */
export function buildPlan(
  changes: Partial<Omit<BuildPlan, keyof BuildDecision>> = {},
  decision: BuildDecision = { decision: 'full', reason: 'first_build', previous: undefined },
): BuildPlan {
  return {
    kind: 'mutate',
    resource: 'builds',
    ...decision,
    from: undefined,
    incremental: undefined,
    pullSecret: undefined,
    scripts: undefined,
    imageSource: undefined,
    output: undefined,
    pushSecret: undefined,
    env: [],
    annotations: {},
    issued: undefined,
    savesNothing: undefined,
    warnings: [],
    ...changes,
  };
}

/** Returns the same for a BuildConfig. */
export function buildConfigPlan(changes: Partial<BuildConfigPlan> = {}): BuildConfigPlan {
  return {
    kind: 'mutate',
    resource: 'buildconfigs',
    reason: 'opted_in',
    incremental: undefined,
    env: [],
    annotations: {},
    warnings: [],
    ...changes,
  };
}

/** Returns an earlier Build with the given facts. */
export function previousBuild(stated: Pick<PreviousBuild, 'name' | 'number' | 'image'>): PreviousBuild {
  return {
    ...stated,
    createdAt: undefined,
    savedNothing: false,
    hadWrapper: true,
    inputs: '',
    isTooLarge: false,
    chainDepth: 0,
    chainStarted: undefined,
    chainFullSeconds: undefined,
    baseImage: '',
    source: '',
    envNames: [],
  };
}
