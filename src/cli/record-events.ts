import { randomBytes } from 'node:crypto';
import type { Kubernetes } from '../kubernetes/connection.ts';
import { createEventRecorder } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Milliseconds that the API server may take to store an Event; a longer wait would let them pile up. */
const patience = 5_000;

/** Creates a recorder of decisions as Events. A failure is logged once, and again after a success. */
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
