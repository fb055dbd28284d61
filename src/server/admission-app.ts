import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { type Admission, type AdmitDependencies, admit } from '../admission/admit.ts';
import { ReviewError, decodeReview, encodeReview } from '../admission/review.ts';
import { parseDuration } from '../config/duration.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';

/** The API server sends objects of at most 1.5 MiB, the old and the new one together in an update. */
const maxBodyBytes = 3 * 1024 * 1024;

/** Part of the caller's own timeout that an answer may take; the rest is for the way back. */
const timeoutShare = 0.9;

export interface AdmissionAppDependencies extends AdmitDependencies {
  /** Told of every answered review; times are milliseconds. */
  readonly onAdmission: (request: AdmissionRequest, admission: Admission, milliseconds: number) => void;
  /** Whether the process is on its way out: connections are then told to close. */
  readonly isDraining: () => boolean;
}

/** The HTTPS application: `POST /mutate`. Whatever can be answered as a review is; anything else gets a JSON error. */
export function createAdmissionApp(dependencies: AdmissionAppDependencies): Express {
  const { config, clock, onAdmission, isDraining } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  const noteArrival: RequestHandler = (_request, response, next) => {
    response.locals['arrival'] = clock();
    if (isDraining()) response.set('Connection', 'close');
    next();
  };
  const requireJson: RequestHandler = (request, response, next) => {
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (type === 'application/json') next();
    else
      response.status(415).json({
        error: `Content-Type must be application/json; is ${type === undefined || type === '' ? 'absent' : type}`,
      });
  };
  const mutate: RequestHandler = async (httpRequest, response) => {
    const arrival = response.locals['arrival'] as number;
    const { apiVersion, request } = decodeReview(httpRequest.body as unknown);
    const allowed = Math.min(config.server.requestBudget, callerTimeout(httpRequest.query['timeout']) * timeoutShare);
    const admission = await admit(request, arrival + allowed, dependencies);
    response.json(
      encodeReview(apiVersion, { uid: request.uid, patch: admission.patch, warnings: admission.plan.warnings }),
    );
    onAdmission(request, admission, clock() - arrival);
  };

  app.use(noteArrival);
  app.post('/mutate', requireJson, express.json({ limit: maxBodyBytes, strict: false, type: () => true }), mutate);
  app.all('/mutate', (request, response) => {
    response
      .status(405)
      .set('Allow', 'POST')
      .json({ error: `${request.method} is not allowed here; POST an AdmissionReview` });
  });
  app.use((request, response) => {
    response.status(404).json({ error: `there is nothing at ${request.path}; POST an AdmissionReview to /mutate` });
  });
  app.use(answerError);
  return app;
}

/** Milliseconds the caller will wait, from its `?timeout=`; without one that can be read, no limit of its own. */
function callerTimeout(parameter: unknown): number {
  const milliseconds = typeof parameter === 'string' ? parseDuration(parameter) : undefined;
  return milliseconds === undefined || milliseconds === 0 ? Number.POSITIVE_INFINITY : milliseconds;
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, message } = describeError(error);
  response.status(status).json({ error: message });
};

function describeError(error: unknown): { status: number; message: string } {
  if (error instanceof ReviewError) return { status: 400, message: `not an AdmissionReview: ${error.message}` };
  const { status, type, message } = error as { status?: number; type?: string; message?: string };
  if (type === 'entity.too.large') return { status: 413, message: `the body is larger than ${maxBodyBytes} bytes` };
  if (type === 'entity.parse.failed') return { status: 400, message: `the body is not JSON: ${message ?? ''}` };
  return status !== undefined && status >= 400 && status < 500
    ? { status, message: message ?? 'the request cannot be read' }
    : { status: 500, message: 'the webhook failed on this request' };
}
