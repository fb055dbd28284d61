import type { Config } from '../config/config.ts';
import type { IssuedTags } from '../history/issued-tags.ts';
import { applyMutations } from '../mutations/apply-mutations.ts';
import { overrideAnnotations } from '../mutations/override-annotations.ts';
import type { JsonObject } from '../openshift/json.ts';
import { type AdmissionRequest, checkEligibility } from '../policy/eligibility.ts';
import type { NamespaceFacts } from '../policy/facts.ts';
import type { Plan } from '../policy/plan.ts';
import { planBuild } from '../policy/plan-build.ts';
import { planBuildUpdate } from '../policy/plan-build-update.ts';
import { planBuildConfig } from '../policy/plan-build-config.ts';
import { restoreBuildConfig } from '../policy/restore-build-config.ts';
import { restoreClone } from '../policy/restore-clone.ts';
import { isBuildTooLarge } from '../policy/build-size.ts';
import { limitWarnings, warning } from '../policy/warnings.ts';
import { type FactFailure, type FactSource, gatherFacts } from './gather-facts.ts';
import { type NamespaceReader, readNamespaceLabels } from './namespace-labels.ts';
import { createPatch } from './patch.ts';
import type { PatchOperation } from './review.ts';

/** Returns milliseconds since the epoch. */
export type Clock = () => number;

/** Holds what `admit` needs besides the request. */
export interface AdmitDependencies {
  readonly config: Config;
  /** The sources of facts about a new Build, asked in this order. */
  readonly factSources: readonly FactSource[];
  readonly issuedTags: IssuedTags;
  /** Undefined: labels of namespaces are not read. */
  readonly namespaces?: NamespaceReader;
  /** The version of the served scripts. */
  readonly scriptsVersion: string;
  readonly clock: Clock;
}

/** Holds the answer to a request, and the errors on the way, for the log. */
export interface Admission {
  readonly plan: Plan;
  readonly patch: readonly PatchOperation[];
  /** The error of a failed request. */
  readonly error?: unknown;
  /** The fact sources that failed; the request did not. */
  readonly failures?: readonly FactFailure[];
}

/**
 * Processes one request from eligibility to its patch. Never rejects: if it fails, the object passes unmodified, with a
 * warning.
 * @param deadline milliseconds since the epoch by which the answer must be sent
 */
export async function admit(
  request: AdmissionRequest,
  deadline: number,
  dependencies: AdmitDependencies,
): Promise<Admission> {
  const { config, factSources, issuedTags, scriptsVersion, clock } = dependencies;
  try {
    const eligibility = checkEligibility(request);
    if (eligibility.kind === 'skip') return { plan: eligibility, patch: [] };
    if (clock() > deadline) return tooLate();

    const { object } = eligibility;
    if (eligibility.resource === 'builds' && eligibility.operation === 'UPDATE') {
      const plan = planBuildUpdate(object, request.oldObject);
      return { plan, patch: plan.kind === 'skip' ? [] : createPatch(object, overrideAnnotations(object, plan)) };
    }
    const read = await readNamespaceLabels(dependencies.namespaces, request.namespace, deadline - clock());
    const namespace = { name: request.namespace, optedIn: request.namespaceOptedIn, labels: read.labels };
    if (eligibility.resource === 'buildconfigs') {
      return { ...admitBuildConfig(object, request.oldObject, namespace, config), failures: read.failures };
    }

    const { build, isClone } = restoreClone(object);
    const issuedUpTo = (series: string) => issuedTags.upTo(series, clock());
    const known = { sources: factSources, issuedUpTo };
    const gathered = await gatherFacts(build, request.namespace, known, deadline - clock());
    const { facts } = gathered;
    const failures = [...read.failures, ...gathered.failures];
    if (clock() > deadline) return { ...tooLate(), failures };
    const plan = planBuild({
      build,
      isClone,
      namespace,
      facts,
      config,
      scriptsVersion,
      now: clock(),
    });
    if (plan.kind === 'skip') return { plan, patch: createPatch(object, build), failures };
    const mutated = applyMutations(build, plan);
    if (isBuildTooLarge(mutated)) return { ...tooLarge(plan.warnings), patch: createPatch(object, build), failures };
    // Nothing else ran since planning, so no other Build can have got the same tag.
    if (plan.issued !== undefined && !request.dryRun) issuedTags.record(plan.issued, clock());
    return { plan, patch: createPatch(object, mutated), failures };
  } catch (error) {
    const warnings = [warning('s2i-incremental-webhook had an internal error, the object is unmodified; see its log')];
    return { plan: { kind: 'skip', reason: 'internal_error', warnings }, patch: [], error };
  }
}

function tooLate(): Admission {
  const warnings = [warning('s2i-incremental-webhook exceeded its deadline, the object is unmodified; see its log')];
  return { plan: { kind: 'skip', reason: 'deadline_exceeded', warnings }, patch: [] };
}

function tooLarge(warnings: readonly string[]): Pick<Admission, 'plan'> {
  const text = 'the Build is unmodified: with the changes it could exceed the limit of its pod (128 KiB)';
  return { plan: { kind: 'skip', reason: 'build_too_large', warnings: limitWarnings([warning(text), ...warnings]) } };
}

/** Plans a BuildConfig from its restored form. If the result equals the request, there is nothing to do. */
function admitBuildConfig(
  object: JsonObject,
  oldObject: unknown,
  namespace: NamespaceFacts,
  config: Config,
): Admission {
  const restored = restoreBuildConfig(object, oldObject);
  const plan = planBuildConfig(restored, namespace, config);
  const patch = plan.kind === 'skip' ? [] : createPatch(object, applyMutations(restored.buildConfig, plan));
  return plan.kind === 'mutate' && patch.length === 0
    ? { plan: { kind: 'skip', reason: 'nothing_to_do', warnings: plan.warnings }, patch }
    : { plan, patch };
}
