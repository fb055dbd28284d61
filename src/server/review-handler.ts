import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Admission, type AdmitDependencies, admit } from '../admission/admit.ts';
import { ReviewError, decodeReview, encodeReview } from '../admission/review.ts';
import { parseDuration } from '../config/duration.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import { type BodyLimits, ReviewBodies } from './review-bodies.ts';
import { RequestError, sendJson } from './send-json.ts';

/** Part of the caller's own timeout that an answer may take; the rest is for the way back. */
const timeoutShare = 0.9;

export interface ReviewDependencies extends AdmitDependencies {
  /** Told of every answered review; times are milliseconds. */
  readonly onAdmission: (request: AdmissionRequest, admission: Admission, milliseconds: number) => void;
  readonly bodyLimits?: BodyLimits;
  /** Whether the process is on its way out: connections are then told to close. */
  readonly isDraining: () => boolean;
}

/** Where reviews are sent: of what has the label itself, and of what has not in namespaces that have it. */
export const reviewPaths = { label: '/mutate', namespace: '/mutate/namespace' } as const;

/** Answers a POST with an AdmissionReview. Whatever can be answered as a review is; anything else gets a JSON error. */
export function createReviewHandler(dependencies: ReviewDependencies) {
  const { config, clock, onAdmission } = dependencies;
  const bodies = new ReviewBodies(dependencies.bodyLimits);

  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrival = clock();
    const closed = new Promise((resolve) => response.once('close', resolve));
    const allowed = Math.min(config.server.requestBudget, callerTimeout(incoming.url ?? '') * timeoutShare);
    const review = async (body: unknown): Promise<void> => {
      const namespaceOptedIn = (incoming.url ?? '').split('?')[0] === reviewPaths.namespace;
      const { apiVersion, request } = decodeReview(body, namespaceOptedIn);
      const admission = await admit(request, arrival + allowed, dependencies);
      const { patch, plan } = admission;
      sendJson(response, 200, encodeReview(apiVersion, { uid: request.uid, patch, warnings: plan.warnings }));
      onAdmission(request, admission, clock() - arrival);
    };
    try {
      checkType(incoming);
      await bodies.with(incoming, closed, review);
    } catch (error) {
      sendFailure(incoming, response, error);
    }
  };
}

function sendFailure(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
  // Where the caller is gone there is nobody to answer; where the answer is out, it stands.
  if (response.headersSent || response.destroyed) return;
  const { status, message } = describeError(error);
  if (!incoming.complete) {
    // Whatever is still to come of the request is not waited for, and read only so that the answer is.
    response.setHeader('Connection', 'close');
    incoming.resume();
  }
  sendJson(response, status, JSON.stringify({ error: message }));
}

/** @throws RequestError where the body is something else than JSON */
function checkType({ headers }: IncomingMessage): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return;
  throw new RequestError(415, `Content-Type must be application/json; is ${type === '' ? 'absent' : type}`);
}

/** Milliseconds the caller will wait, from its `?timeout=`; without one that can be read, no limit of its own. */
function callerTimeout(url: string): number {
  const query = url.indexOf('?');
  const parameter = query === -1 ? null : new URLSearchParams(url.slice(query)).get('timeout');
  const milliseconds = parameter === null ? undefined : parseDuration(parameter);
  return milliseconds === undefined || milliseconds === 0 ? Number.POSITIVE_INFINITY : milliseconds;
}

function describeError(error: unknown): { status: number; message: string } {
  if (error instanceof ReviewError) return { status: 400, message: `not an AdmissionReview: ${error.message}` };
  if (error instanceof RequestError) return { status: error.code, message: error.message };
  return { status: 500, message: 'the webhook failed on this request' };
}
