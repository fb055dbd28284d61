import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { ScriptCatalog } from '../assemble/catalog.ts';

/** What a version in a path looks like. */
const wellFormed = /^[0-9a-f]{12}$/;

/**
 * The plain-HTTP application for build pods: `/s2i/<version>/<profile>/{assemble,run}`, GET and HEAD, nothing else; no
 * answer depends on anything but the path. A version that is not this process's own is answered with its scripts too,
 * but not to be kept: during a rollout a Build may have been admitted by another replica, and S2I would take a 404 for
 * "no such script" and go on with the image's own.
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
    // It means any script at all, which would be answered without one: whoever has none is to get it.
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
  // A path that cannot even be decoded is an error to the router, and to us one more path that is not there.
  const refuseUnreadable: ErrorRequestHandler = (_error, request, response, next) => refuse(request, response, next);
  app.use(refuse, refuseUnreadable);
  return app;
}
