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

/** Holds the dependencies of `createEventRecorder`. */
export interface EventDependencies {
  readonly post: PostEvent;
  /** Returns milliseconds since the epoch. */
  readonly clock: () => number;
  /** Returns a text that no other Event of the same BuildConfig and millisecond has. */
  readonly uniqueSuffix: () => string;
  /** Called if an Event cannot be stored. */
  readonly onFailure: (error: unknown) => void;
}

/** The limit per BuildConfig, like that of client-go's recorder per object. */
const perBuildConfig = { burst: 25, refill: 300_000 };

/**
 * The limit for all: 20 a second, more Builds than a cluster starts. Without it, Events would cost more than admission
 * when there are very many.
 */
const perProcess = { burst: 100, refill: 50 };

/** Events being sent; if the API server is slow, further ones are dropped. */
const maxInFlight = 32;

/** The limit of an Event's message (ValidateEventCreate). */
const maxMessage = 1024;

/** The skips that get an Event; for others the user sees the cause or does not ask. */
const reportedSkips: ReadonlySet<Reason> = new Set([
  'strategy_unsupported',
  'build_config_opted_out',
  'internal_error',
  'deadline_exceeded',
]);

/**
 * Returns a function that records each decision about a new Build as an Event on its BuildConfig, without delaying the
 * request. It records no dry runs, and no more than the limits allow.
 */
export function createEventRecorder({ post, clock, uniqueSuffix, onFailure }: EventDependencies) {
  const limits = { process: new RateLimit(perProcess), buildConfig: new RateLimit(perBuildConfig) };
  let inFlight = 0;
  return (request: AdmissionRequest, { plan }: Admission): void => {
    if (request.dryRun || request.operation !== 'CREATE' || !isReported(plan)) return;
    const owner = isObject(request.object) ? buildConfigOf(request.object) : undefined;
    if (owner === undefined) return;
    const now = clock();
    // First, because most end here when there are very many.
    if (inFlight >= maxInFlight || !limits.process.take('', now)) return;
    // Other callers than an API server could send anything here, and it becomes part of a path.
    if (![request.namespace, owner.name, request.name].every(isObjectName)) return;
    const content = eventContentOf(request.object, plan);
    if (content === undefined || !limits.buildConfig.take(owner.uid, now)) return;
    const time = formatTime(now);
    const { namespace } = request;
    inFlight += 1;
    post(namespace, {
      apiVersion: 'v1',
      kind: 'Event',
      // At most 253 characters, like client-go's: the object's name and the time.
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

/** Returns whether a plan gets an Event. */
function isReported(plan: Plan): boolean {
  return plan.kind === 'skip' ? reportedSkips.has(plan.reason) : plan.kind === 'mutate' && plan.resource === 'builds';
}

/** Returns the content of an Event; undefined if the object has no valid name. */
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
