import type { JsonObject } from '../openshift/json.ts';
import type { BuildPlan } from '../policy/plan.ts';
import type { BuildConfigPlan } from '../policy/plan.ts';
import { defaultEnv } from './default-env.ts';
import { defaultImageSource } from './default-image-source.ts';
import { defaultIncremental } from './default-incremental.ts';
import { defaultScripts } from './default-scripts.ts';
import { overrideAnnotations } from './override-annotations.ts';
import { overrideFrom } from './override-from.ts';
import { overrideIncremental } from './override-incremental.ts';
import { overrideOutput } from './override-output.ts';
import { overridePullSecret } from './override-pull-secret.ts';

/** Returns a copy of the object with the fields of one concern written. The copy shares the rest. */
type Mutation<P> = (object: JsonObject, plan: P) => JsonObject;

/** The order has no effect: no mutation reads what another one writes. */
const buildMutations: readonly Mutation<BuildPlan>[] = [
  overrideFrom,
  overrideIncremental,
  overridePullSecret,
  defaultScripts,
  defaultImageSource,
  overrideOutput,
  defaultEnv,
  overrideAnnotations,
];

const buildConfigMutations: readonly Mutation<BuildConfigPlan>[] = [
  defaultIncremental,
  defaultEnv,
  overrideAnnotations,
];

/** Returns the object with the changes of the plan; the given object is not modified. */
export function applyMutations(object: JsonObject, plan: BuildPlan | BuildConfigPlan): JsonObject {
  return plan.resource === 'builds'
    ? buildMutations.reduce((changed, mutate) => mutate(changed, plan), object)
    : buildConfigMutations.reduce((changed, mutate) => mutate(changed, plan), object);
}
