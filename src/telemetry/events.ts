import type { Admission } from '../admission/admit.ts';
import { buildConfigOf } from '../openshift/build.ts';
import { type JsonObject, isObject } from '../openshift/json.ts';
import { isObjectName, nameOf, formatTime } from '../openshift/metadata.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { Plan } from '../policy/plan.ts';
import { type Reason, explainReason } from '../policy/reasons.ts';
import { RateLimit } from './rate-limit.ts';

/** Stores a Kubernetes Event (core/v1) in a namespace. */
export type PostEvent = (namespace: string, event: JsonObject) => Promise<void>;

export interface EventDependencies {
  readonly post: PostEvent;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A text that no other Event of the same BuildConfig and millisecond has. */
  readonly uniqueSuffix: () => string;
  /** Told of an Event that could not be stored. */
  readonly onFailure: (error: unknown) => void;
}

/** Of one BuildConfig: as client-go's Event recorder has it for one object. */
const perBuildConfig = { burst: 25, refill: 300_000 };

/**
 * Of all: 20 a second, more Builds than a cluster starts; without a limit, a storm of them would cost more to tell than
 * to admit.
 */
const perProcess = { burst: 100, refill: 50 };

/** Events on their way to the API server; while it is slow, further ones are dropped rather than kept. */
const maxInFlight = 32;

/** A Kubernetes Event says so much at most (ValidateEventCreate). */
const maxMessage = 1024;

/** Skips that get an Event; a user does not ask about the others, or has seen their cause. */
const reportedSkips: ReadonlySet<Reason> = new Set([
  'strategy_unsupported',
  'build_config_opted_out',
  'internal_error',
  'deadline_exceeded',
]);

/**
 * Tells of each decision about a new Build in an Event on its BuildConfig, beside the request and never in its way.
 * None of a dry run, and no more than the limits allow.
 */
export function createEventRecorder({ post, clock, uniqueSuffix, onFailure }: EventDependencies) {
  const limits = { process: new RateLimit(perProcess), buildConfig: new RateLimit(perBuildConfig) };
  let inFlight = 0;
  return (request: AdmissionRequest, { plan }: Admission): void => {
    if (request.dryRun || request.operation !== 'CREATE' || !isReported(plan)) return;
    const owner = isObject(request.object) ? buildConfigOf(request.object) : undefined;
    if (owner === undefined) return;
    const now = clock();
    // First, because in a storm of Builds nearly all end here.
    if (inFlight >= maxInFlight || !limits.process.take('', now)) return;
    // A caller that is no API server may write anything in their place, and they become a path and a text.
    if (![request.namespace, owner.name, request.name].every(isObjectName)) return;
    const content = eventContentOf(request.object, plan);
    if (content === undefined || !limits.buildConfig.take(owner.uid, now)) return;
    const time = formatTime(now);
    const { namespace } = request;
    inFlight += 1;
    post(namespace, {
      apiVersion: 'v1',
      kind: 'Event',
      // A name of at most 253 characters, as client-go makes it: the object's and the time.
      metadata: { name: `${owner.name.slice(0, 200)}.${now.toString(16)}${uniqueSuffix()}`, namespace },
      involvedObject: {
        // The legacy group of OpenShift 3.x has no name.
        apiVersion: request.resource.group === '' ? 'v1' : 'build.openshift.io/v1',
        kind: 'BuildConfig',
        namespace,
        name: owner.name,
        uid: owner.uid,
      },
      ...content,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      source: { component: 's2i-incremental-webhook' },
      reportingComponent: 's2i-incremental-webhook',
      reportingInstance: '',
    })
      .catch(onFailure)
      .finally(() => (inFlight -= 1));
  };
}

interface EventContent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'IncrementalBuild' | 'IncrementalSavesNothing' | 'FullBuild' | 'SkippedBuild';
  readonly message: string;
}

/** Whether there is anything to say of a plan. */
function isReported(plan: Plan): boolean {
  return plan.kind === 'skip' ? reportedSkips.has(plan.reason) : plan.kind === 'mutate' && plan.resource === 'builds';
}

/** What an Event says of such a plan; undefined where the object has no name. */
function eventContentOf(object: unknown, plan: Plan): EventContent | undefined {
  const build = isObject(object) ? nameOf(object) : '';
  if (!isObjectName(build)) return undefined;
  if (plan.kind === 'skip') {
    const isOurs = plan.reason === 'internal_error' || plan.reason === 'deadline_exceeded';
    const type = isOurs ? 'Warning' : 'Normal';
    return { type, reason: 'SkippedBuild', message: sentence(`${build} is unmodified`, plan.reason) };
  }
  if (plan.kind !== 'mutate' || plan.resource !== 'builds') return undefined;
  if (plan.decision === 'full') {
    return { type: 'Normal', reason: 'FullBuild', message: sentence(`${build} is a full build`, plan.reason) };
  }
  const message = `${build} continues from the image of ${plan.previous.name}, ${plan.previous.image}.`;
  const { savesNothing } = plan;
  if (savesNothing === undefined) {
    return { type: 'Normal', reason: 'IncrementalBuild', message: message.slice(0, maxMessage) };
  }
  const times = `${savesNothing.incremental} s instead of ${savesNothing.full} s`;
  return {
    type: 'Normal',
    reason: 'IncrementalSavesNothing',
    message: `Incremental builds save nothing: ${times}. ${message}`.slice(0, maxMessage),
  };
}

function sentence(what: string, reason: Reason): string {
  return `${what}: ${explainReason(reason)} (${reason}).`;
}
