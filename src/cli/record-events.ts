import { randomBytes } from 'node:crypto';
import type { Kubernetes } from '../kubernetes/connection.ts';
import { createEventRecorder } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Milliseconds that the API server may take to store an Event; with a longer wait Events would accumulate. */
const timeout = 5_000;

/**
 * Returns a function that records decisions as Events. The first failure is logged, and the first one after a success.
 */
export function recordEvents(kubernetes: Kubernetes, logger: Logger): ReturnType<typeof createEventRecorder> {
  let isFailing = false;
  return createEventRecorder({
    post: async (namespace, event) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
      await kubernetes.request({ method: 'POST', path, body: event }, AbortSignal.timeout(timeout));
      isFailing = false;
    },
    clock: Date.now,
    uniqueSuffix: () => randomBytes(4).toString('hex'),
    onFailure: (error) => {
      if (!isFailing) logger.warn({ error }, 'events cannot be stored');
      isFailing = true;
    },
  });
}
