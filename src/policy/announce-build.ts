import { envOf, sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, at, objectAt, stringAt, withValue } from '../openshift/json.ts';
import { buildTimesOf, medianOf } from './chain-times.ts';
import type { BuildConfigHistory } from './facts.ts';
import { type NextBuildRequest, nextBuildOf, planNextBuild } from './next-build.ts';
import { checkOptIn } from './opt-in.ts';
import type { SkipPlan } from './plan.ts';
import { explainReason } from './reasons.ts';
import { warning } from './warnings.ts';

/** A request to start a Build, and everything that what it will be depends on. */
export interface AnnouncementRequest extends Omit<NextBuildRequest, 'build'> {
  readonly buildConfig: JsonObject;
  /** The BuildRequest, as `oc start-build` sends it. */
  readonly buildRequest: unknown;
}

/**
 * Says what a Build will be in one warning, such as `incremental from shop-2 (saves about 40 s)` or `full: …`; nothing
 * where its BuildConfig did not opt in. Whether the tag of the base image moved since the BuildConfig was last told is
 * not known: that alone can make the Build a full one all the same.
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
      ? `full: ${explainReason(plan.reason)}`
      : `incremental from ${plan.previous.name}${describeSaving(history)}`;
  return { kind: 'skip', reason: 'build_announced', warnings: [warning(text)] };
}

/** A Build with those labels of the request that its BuildConfig does not give it. */
function withLabels(build: JsonObject, request: unknown): JsonObject {
  const [asked, own] = [request, build].map((object) => objectAt(object, 'metadata', 'labels'));
  return withValue(build, ['metadata', 'labels'], { ...asked, ...own });
}

/** A Build with the options of `oc start-build`, as OpenShift puts them in: a variable takes the place of its name. */
function withOptions(build: JsonObject, request: unknown): JsonObject {
  const env = arrayAt(request, 'env') ?? [];
  const names = new Set(env.map((variable) => stringAt(variable, 'name')));
  const kept = envOf(build).filter((variable) => !names.has(stringAt(variable, 'name')));
  const incremental = at(request, 'sourceStrategyOptions', 'incremental');
  const laid = withValue(build, [...sourceStrategyPath, 'env'], [...kept, ...env]);
  return typeof incremental === 'boolean' ? withValue(laid, [...sourceStrategyPath, 'incremental'], incremental) : laid;
}

/** What incremental Builds save, as medians; nothing while there are none of both kinds. */
function describeSaving({ outcomes }: BuildConfigHistory): string {
  const times = buildTimesOf(outcomes);
  const seconds = medianOf(times.full) - medianOf(times.incremental);
  if (Number.isNaN(seconds) || seconds <= 0) return '';
  return ` (saves about ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`})`;
}
