import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { ScriptCatalog } from '../assemble/catalog.ts';

/** The form of a version in a path. */
const wellFormed = /^[0-9a-f]{12}$/;

/**
 * Creates the HTTP application for build pods: GET and HEAD of `/s2i/<version>/<profile>/{assemble,run}`; answers
 * depend only on the path. An unknown version also gets the current scripts, but not for caching: during a rollout,
 * another replica may have admitted the Build, and S2I would treat a 404 as "no such script" and use the image's own.
 */
export function createScriptsApp(catalog: ScriptCatalog): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.get('/s2i/:version/:profile/:script', (request, response, next) => {
    const { version, profile, script } = request.params;
    const text = wellFormed.test(version) ? catalog.find(profile, script) : undefined;
    if (text === undefined) {
      next();
      return;
    }
    const isCurrent = version === catalog.version;
    // `*` matches any script, so the answer would have no content; the caller needs the script.
    if (request.headers['if-none-match']?.trim() === '*') delete request.headers['if-none-match'];
    response
      .set('Cache-Control', isCurrent ? 'public, max-age=31536000, immutable' : 'no-cache')
      .set('ETag', `"${catalog.version}"`)
      .set('X-Content-Type-Options', 'nosniff')
      .type('text/plain')
      .send(text);
  });
  const refuse: RequestHandler = (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead) response.set('Allow', 'GET, HEAD');
    response
      .status(isRead ? 404 : 405)
      .type('text/plain')
      .send(isRead ? 'there is no such script\n' : 'scripts can only be read\n');
  };
  // The router reports a path that cannot be decoded as an error; here it is just not found.
  const refuseUnreadable: ErrorRequestHandler = (_error, request, response, next) => refuse(request, response, next);
  app.use(refuse, refuseUnreadable);
  return app;
}
