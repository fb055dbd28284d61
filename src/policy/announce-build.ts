import { envOf, sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, objectAt, stringAt, withValue } from '../openshift/json.ts';
import { buildTimesOf, medianOf } from './chain-times.ts';
import type { BuildConfigHistory } from './facts.ts';
import { type NextBuildRequest, nextBuildOf, planNextBuild } from './next-build.ts';
import { checkOptIn } from './opt-in.ts';
import type { SkipPlan } from './plan.ts';
import { explainReason } from './reasons.ts';
import { warning } from './warnings.ts';

/** Holds a request to start a Build, and what the decision about that Build depends on. */
export interface AnnouncementRequest extends Omit<NextBuildRequest, 'build'> {
  readonly buildConfig: JsonObject;
  /** The BuildRequest, as `oc start-build` sends it. */
  readonly buildRequest: unknown;
}

/**
 * Returns one warning that says what the Build will be, such as `incremental build from shop-2 (saves about 40 s)` or
 * `full build: …`; none if its BuildConfig did not opt in. It does not know whether the base image changed since the
 * BuildConfig's trigger last saw it, nor whether the previous image still exists: either can make the Build a full one.
 */
export function announceBuild({ buildConfig, buildRequest, ...request }: AnnouncementRequest): SkipPlan {
  const { history, namespace } = request;
  const build = withLabels(nextBuildOf(buildConfig, history.previous?.baseImage), buildRequest);
  const optIn = checkOptIn(build, namespace.optedIn);
  if (!optIn.optedIn) return { kind: 'skip', reason: optIn.reason, warnings: [] };
  const plan = planNextBuild({ ...request, build: withOptions(build, buildRequest) });
  if (plan.kind === 'skip') return { ...plan, warnings: [] };
  const text =
    plan.decision === 'full'
      ? `full build: ${explainReason(plan.reason)}`
      : `incremental build from ${plan.previous.name}${describeSaving(history)}`;
  return { kind: 'skip', reason: 'build_announced', warnings: [warning(text)] };
}

/** Adds the labels of the request; those of the BuildConfig win. */
function withLabels(build: JsonObject, request: unknown): JsonObject {
  const [requested, own] = [request, build].map((object) => objectAt(object, 'metadata', 'labels'));
  return withValue(build, ['metadata', 'labels'], { ...requested, ...own });
}

/** Applies the options of `oc start-build` like OpenShift: a variable replaces the one of its name. */
function withOptions(build: JsonObject, request: unknown): JsonObject {
  const env = arrayAt(request, 'env') ?? [];
  const names = new Set(env.map((variable) => stringAt(variable, 'name')));
  const kept = envOf(build).filter((variable) => !names.has(stringAt(variable, 'name')));
  const incremental = at(request, 'sourceStrategyOptions', 'incremental');
  const started = withValue(build, [...sourceStrategyPath, 'env'], [...kept, ...env]);
  return typeof incremental === 'boolean'
    ? withValue(started, [...sourceStrategyPath, 'incremental'], incremental)
    : started;
}

/** Returns what incremental builds save, by medians; empty without builds of both kinds, or if they save nothing. */
function describeSaving({ outcomes }: BuildConfigHistory): string {
  const times = buildTimesOf(outcomes);
  const seconds = medianOf(times.full) - medianOf(times.incremental);
  if (Number.isNaN(seconds) || seconds <= 0) return '';
  return ` (saves about ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`})`;
}
