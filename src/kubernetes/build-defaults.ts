import { type JsonObject, arrayAt } from '../openshift/json.ts';
import { ClusterError } from './cluster-error.ts';
import type { Kubernetes } from './connection.ts';
import { startPolling } from './polling.ts';

/** Provides the cluster's BuildDefaults; the build controller adds their `env` to every Build in its pod. */
export interface BuildDefaults {
  /** As last read; empty before that, and if it does not exist or may not be read. */
  readonly env: readonly unknown[];
  close(): Promise<void>;
}

/** A minute, in milliseconds: admins change it a few times a year, and a request a minute costs nothing. */
const interval = 60_000;

/**
 * Reads `builds.config.openshift.io/cluster` at intervals.
 * @param onFailure called for each failure except a missing right or object
 */
export function watchBuildDefaults(kubernetes: Kubernetes, onFailure: (error: unknown) => void): BuildDefaults {
  let env: readonly unknown[] = [];
  const read = async (signal: AbortSignal): Promise<boolean> => {
    try {
      const path = '/apis/config.openshift.io/v1/builds/cluster';
      const found = (await kubernetes.request({ method: 'GET', path }, signal)) as JsonObject;
      env = arrayAt(found, 'spec', 'buildDefaults', 'env') ?? [];
    } catch (error) {
      if (!signal.aborted && !(error instanceof ClusterError && [403, 404].includes(error.code))) onFailure(error);
    }
    return true;
  };
  const polling = startPolling(read, () => interval);
  return {
    get env() {
      return env;
    },
    close: () => polling.close(),
  };
}
