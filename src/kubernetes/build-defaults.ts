import { type JsonObject, arrayAt } from '../openshift/json.ts';
import { ClusterError } from './cluster-error.ts';
import type { Kubernetes } from './connection.ts';
import { startPolling } from './polling.ts';

/** The cluster's BuildDefaults, of which the build controller adds `env` to every Build in its pod. */
export interface BuildDefaults {
  /** As last read; empty until then, and where it may not be read or does not exist. */
  readonly env: readonly unknown[];
  close(): Promise<void>;
}

/**
 * An administrator changes it a few times a year: a minute is soon enough, and one small request a minute is nothing.
 */
const interval = 60_000;

/**
 * Reads `builds.config.openshift.io/cluster` now and then.
 * @param onFailure told of each failure but a missing right or object: without those, nothing is known and nothing is
 * wrong
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
