import { randomBytes } from 'node:crypto';
import type { Kubernetes } from '../kubernetes/connection.ts';
import { createEventRecorder } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Milliseconds the API server has to take an Event; whoever waits longer only piles them up. */
const patience = 5_000;

/**
 * Tells of decisions in Events in the cluster. That one cannot be stored is said when it begins, and again after one
 * that could.
 */
export function recordEvents(kubernetes: Kubernetes, logger: Logger): ReturnType<typeof createEventRecorder> {
  let isFailing = false;
  return createEventRecorder({
    post: async (namespace, event) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
      await kubernetes.request({ method: 'POST', path, body: event }, AbortSignal.timeout(patience));
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
