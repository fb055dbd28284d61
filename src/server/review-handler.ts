import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Admission, type AdmitDependencies, admit } from '../admission/admit.ts';
import { type StartBuildDependencies, admitStartBuild } from '../admission/start-build.ts';
import { ReviewError, decodeReview, encodeReview } from '../admission/review.ts';
import { parseDuration } from '../config/duration.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import { type BodyLimits, ReviewBodies } from './review-bodies.ts';
import { RequestError, sendJson } from './send-json.ts';

/** The part of the caller's timeout that an answer may take; the rest is for the network. */
const timeoutShare = 0.9;

/** Holds the dependencies of `createReviewHandler`. */
export interface ReviewDependencies extends AdmitDependencies, StartBuildDependencies {
  /** Called for every answered review; times are milliseconds. */
  readonly onAdmission: (request: AdmissionRequest, admission: Admission, milliseconds: number) => void;
  readonly bodyLimits?: BodyLimits;
  /** Whether the process is shutting down; then connections are closed. */
  readonly isDraining: () => boolean;
}

/**
 * Lists the paths of reviews: of objects with the label, of objects without it in namespaces that have it, and of
 * requests to start a Build.
 */
export const reviewPaths = {
  label: '/mutate',
  namespace: '/mutate/namespace',
  startBuild: '/mutate/start-build',
} as const;

/**
 * Returns a handler that answers an AdmissionReview with its patch and warnings, and anything else with a JSON error.
 */
export function createReviewHandler(dependencies: ReviewDependencies) {
  const { config, clock, onAdmission } = dependencies;
  const bodies = new ReviewBodies(dependencies.bodyLimits);

  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrival = clock();
    const closed = new Promise((resolve) => response.once('close', resolve));
    const deadline = arrival + Math.min(config.server.requestBudget, callerTimeout(incoming.url ?? '') * timeoutShare);
    const review = async (body: unknown): Promise<void> => {
      const path = (incoming.url ?? '').split('?')[0];
      const { apiVersion, request } = decodeReview(body, path === reviewPaths.namespace);
      const admission =
        path === reviewPaths.startBuild
          ? admitStartBuild(request, dependencies)
          : await admit(request, deadline, dependencies);
      const { patch, plan } = admission;
      sendJson(response, 200, encodeReview(apiVersion, { uid: request.uid, patch, warnings: plan.warnings }));
      onAdmission(request, admission, clock() - arrival);
    };
    try {
      requireJson(incoming);
      await bodies.with(incoming, closed, review);
    } catch (error) {
      sendFailure(incoming, response, error);
    }
  };
}

function sendFailure(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The caller may be gone, or the answer sent.
  if (response.headersSent || response.destroyed) return;
  const { status, message } = describeError(error);
  if (!incoming.complete) {
    // The rest of the request is read and ignored, so that the caller reads the answer.
    response.setHeader('Connection', 'close');
    incoming.resume();
  }
  sendJson(response, status, JSON.stringify({ error: message }));
}

/** @throws RequestError if the body is not declared as JSON */
function requireJson({ headers }: IncomingMessage): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return;
  throw new RequestError(415, `Content-Type must be application/json; is ${type === '' ? 'absent' : type}`);
}

/** Returns the milliseconds that the caller waits, from its `?timeout=`; infinity if it is missing or invalid. */
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
