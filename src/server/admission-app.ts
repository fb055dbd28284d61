import express, { type Express } from 'express';
import { type ReviewDependencies, createReviewHandler, reviewPaths } from './review-handler.ts';

const paths = Object.values(reviewPaths);

/**
 * Creates the HTTPS application: it answers a POST to one of the review paths, and tells other callers what to send.
 */
export function createAdmissionApp(dependencies: ReviewDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    if (dependencies.isDraining()) response.set('Connection', 'close');
    next();
  });
  app.post(paths, createReviewHandler(dependencies));
  app.all(paths, (request, response) => {
    response
      .status(405)
      .set('Allow', 'POST')
      .json({ error: `${request.method} is not allowed here; POST an AdmissionReview` });
  });
  app.use((request, response) => {
    response
      .status(404)
      .json({ error: `there is nothing at ${request.path}; POST an AdmissionReview to ${reviewPaths.label}` });
  });
  return app;
}
