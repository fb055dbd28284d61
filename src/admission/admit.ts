import type { Config } from '../config/config.ts';
import type { IssuedTags } from '../history/issued-tags.ts';
import { applyMutations } from '../mutations/apply-mutations.ts';
import { overrideAnnotations } from '../mutations/override-annotations.ts';
import { buildConfigOf, buildNumberOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { labelOf, nameOf } from '../openshift/metadata.ts';
import { type AdmissionRequest, checkEligibility } from '../policy/eligibility.ts';
import type { BuildConfigHistory, Facts, HistoryQuery } from '../policy/facts.ts';
import type { Plan } from '../policy/plan.ts';
import { planBuild } from '../policy/plan-build.ts';
import { planBuildUpdate } from '../policy/plan-build-update.ts';
import { planBuildConfig } from '../policy/plan-build-config.ts';
import { restoreBuildConfig } from '../policy/restore-build-config.ts';
import { restoreClone } from '../policy/restore-clone.ts';
import { warning } from '../policy/warnings.ts';
import { createPatch } from './patch.ts';
import type { PatchOperation } from './review.ts';

/** Tells what earlier Builds of a BuildConfig left behind; `unavailable` where there is nowhere to read it from. */
export interface BuildHistory {
  /** What is known already; undefined where it has to be read. */
  known?(query: HistoryQuery): BuildConfigHistory | 'unavailable' | undefined;
  /** Rejects where reading fails. */
  read(query: HistoryQuery, signal: AbortSignal): Promise<BuildConfigHistory | 'unavailable'>;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

export interface AdmitDependencies {
  readonly config: Config;
  readonly history: BuildHistory;
  readonly issuedTags: IssuedTags;
  /** The version of the scripts that are served. */
  readonly scriptsVersion: string;
  readonly clock: Clock;
}

/** What became of a request. `error` is what went wrong on our side, for the log. */
export interface Admission {
  readonly plan: Plan;
  readonly patch: readonly PatchOperation[];
  readonly error?: unknown;
}

/**
 * Takes one request from eligibility to its patch. Never rejects: a failure of ours lets the object pass as it is, with a warning.
 * @param deadline milliseconds since the epoch by which the answer has to be there
 */
export async function admit(
  request: AdmissionRequest,
  deadline: number,
  dependencies: AdmitDependencies,
): Promise<Admission> {
  const { config, issuedTags, scriptsVersion, clock } = dependencies;
  try {
    const eligibility = checkEligibility(request);
    if (eligibility.kind === 'skip') return { plan: eligibility, patch: [] };
    if (clock() > deadline) return tooLate();

    const { object } = eligibility;
    if (eligibility.resource === 'builds' && eligibility.operation === 'UPDATE') {
      const plan = planBuildUpdate(object, request.oldObject);
      return { plan, patch: plan.kind === 'skip' ? [] : createPatch(object, overrideAnnotations(object, plan)) };
    }
    if (eligibility.resource === 'buildconfigs') {
      return admitBuildConfig(object, request.oldObject, config);
    }

    const { build, isClone } = restoreClone(object);
    const gathered = gatherFacts(request, build, deadline, dependencies);
    // What is known already is not waited for.
    const { facts, error } = gathered instanceof Promise ? await gathered : gathered;
    const failure = error === undefined ? {} : { error };
    if (clock() > deadline) return { ...tooLate(), ...failure };
    const plan = planBuild({
      build,
      isClone,
      namespace: request.namespace,
      facts,
      config,
      scriptsVersion,
      now: clock(),
    });
    const patch = createPatch(object, plan.kind === 'skip' ? build : applyMutations(build, plan));
    // Since planning nothing else ran, so no other Build can have been given the same tag.
    if (plan.kind === 'mutate' && plan.issued !== undefined && !request.dryRun) issuedTags.record(plan.issued, clock());
    return { plan, patch, ...failure };
  } catch (error) {
    const warnings = [warning('s2i-incremental-webhook failed on this object and left it as it is; see its log')];
    return { plan: { kind: 'skip', reason: 'internal_error', warnings }, patch: [], error };
  }
}

function tooLate(): Admission {
  const warnings = [warning('s2i-incremental-webhook was too late for this object and left it as it is; see its log')];
  return { plan: { kind: 'skip', reason: 'deadline_exceeded', warnings }, patch: [] };
}

/** From the BuildConfig as its user has it to what it is to be; where that is what was sent, there is nothing to do. */
function admitBuildConfig(object: JsonObject, oldObject: unknown, config: Config): Admission {
  const restored = restoreBuildConfig(object, oldObject);
  const plan = planBuildConfig(restored, config);
  const patch = plan.kind === 'skip' ? [] : createPatch(object, applyMutations(restored.buildConfig, plan));
  return plan.kind === 'mutate' && patch.length === 0
    ? { plan: { kind: 'skip', reason: 'nothing_to_do', warnings: plan.warnings }, patch }
    : { plan, patch };
}

/** Part of the time left that reading the history may take; the rest is for planning and the way back. */
const historyShare = 0.8;

/** The facts, and why the history could not be read where it could not: that is a fact, not a failure. */
interface Gathered {
  readonly facts: Facts;
  readonly error?: unknown;
}

/** All that planning a Build needs from outside. */
function gatherFacts(
  request: AdmissionRequest,
  build: JsonObject,
  deadline: number,
  dependencies: AdmitDependencies,
): Gathered | Promise<Gathered> {
  const { history, issuedTags } = dependencies;
  const issuedUpTo = (series: string) => issuedTags.upTo(series);
  const buildConfig = buildConfigOf(build);
  if (buildConfig === undefined) return { facts: { history: undefined, issuedUpTo } };
  const query: HistoryQuery = {
    namespace: request.namespace,
    buildConfig,
    label: labelOf(build, openshiftKeys.buildConfigLabel) ?? buildConfig.name,
    build: nameOf(build),
    number: buildNumberOf(build),
  };
  const known = history.known?.(query);
  if (known !== undefined) return { facts: { history: known, issuedUpTo } };
  return readFacts(query, issuedUpTo, deadline, dependencies);
}

async function readFacts(
  query: HistoryQuery,
  issuedUpTo: Facts['issuedUpTo'],
  deadline: number,
  { history, clock }: AdmitDependencies,
): Promise<Gathered> {
  const signal = AbortSignal.timeout(Math.max(1, Math.floor((deadline - clock()) * historyShare)));
  try {
    return { facts: { history: await Promise.race([history.read(query, signal), rejectOn(signal)]), issuedUpTo } };
  } catch (error) {
    return { facts: { history: 'unavailable', issuedUpTo }, error };
  }
}

/** Rejects when the signal aborts: a reader that does not heed it costs its answer, not ours. */
function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
