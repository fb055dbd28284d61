import express, { type Express } from 'express';
import type { Metrics } from '../telemetry/metrics.ts';

/** Describes a condition of readiness, such as `{name: 'certificate', ok: true, detail: '364 days left'}`. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Creates the HTTP application for probes and Prometheus: `/healthz`, `/readyz`, `/metrics`. */
export function createOperationsApp(
  metrics: Metrics,
  checkReadiness: () => readonly ReadinessCheck[],
  version: string,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send(`ok\nversion ${version}\n`);
  });
  app.get('/readyz', (_request, response) => {
    const checks = checkReadiness();
    const ready = checks.every(({ ok }) => ok);
    const lines = checks.map(({ name, ok, detail }) => `[${ok ? '+' : '-'}] ${name}: ${detail}`);
    response
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send(`${[...lines, ready ? 'ready' : 'not ready'].join('\n')}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.expose());
  });
  app.use((request, response) => {
    response.status(404).json({ error: `there is nothing at ${request.path}; try /healthz, /readyz or /metrics` });
  });
  return app;
}
