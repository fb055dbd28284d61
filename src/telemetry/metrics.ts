import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FinishedBuild } from '../history/finished-build.ts';
import { finalPhases, maxBuildSeconds } from '../openshift/build.ts';
import { buildFailures } from '../openshift/build-failure.ts';
import { type RegistryResult, registryResults } from '../registry/registry-error.ts';
import { buildDecisions } from '../policy/reasons.ts';

/** Values of the labels resource and operation; everything else is counted as `other`. */
const changedResources = ['builds', 'buildconfigs'];
const resources = [...changedResources, 'buildconfigs/instantiate'];
const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
const other = 'other';

/** Says how a request was answered: with a patch, without one, or without one because the webhook failed. */
export type AdmissionResult = 'patched' | 'unchanged' | 'failed';

/** Describes an answered request. */
export interface AdmissionRecord {
  readonly resource: string;
  readonly operation: string;
  readonly result: AdmissionResult;
  readonly reason: string;
  /** The decision about a Build; undefined if there is none. */
  readonly decision: string | undefined;
  readonly seconds: number;
}

/** Creates the metrics in a Prometheus registry of their own. All label values are from closed sets. */
export function createMetrics() {
  const registers = [new Registry()] as [Registry];
  const [registry] = registers;
  const requests = new Counter({
    name: 's2i_incremental_admission_requests_total',
    help: 'Admission requests, by resource, operation, result and reason.',
    labelNames: ['resource', 'operation', 'result', 'reason'],
    registers,
  });
  const duration = new Histogram({
    name: 's2i_incremental_admission_duration_seconds',
    help: 'Time to answer an admission request.',
    labelNames: ['resource', 'operation'],
    // From a skip without I/O (far below a millisecond) to above the default request budget.
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers,
  });
  const decisions = new Counter({
    name: 's2i_incremental_build_decisions_total',
    help: 'Builds, by decision and reason.',
    labelNames: ['decision', 'reason'],
    registers,
  });
  const builds = new Histogram({
    name: 's2i_incremental_build_duration_seconds',
    help:
      'Duration of finished Builds of opted-in BuildConfigs, by decision and phase. ' +
      'Each replica counts all Builds.',
    labelNames: ['decision', 'phase'],
    // From a build with everything installed to an hour, after which most clusters give up.
    buckets: [10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600],
    registers,
  });
  const failures = new Counter({
    name: 's2i_incremental_build_failures_total',
    help: 'Failed Builds of opted-in BuildConfigs, by decision and cause. Each replica counts all Builds.',
    labelNames: ['decision', 'reason'],
    registers,
  });
  const saved = new Counter({
    name: 's2i_incremental_seconds_saved_total',
    help:
      'Seconds that incremental Builds saved, compared with the full build of their chain. ' +
      'Each replica counts all Builds.',
    registers,
  });
  const registryRequests = new Counter({
    name: 's2i_incremental_registry_requests_total',
    help: 'Requests to image registries, by result. Cached answers are not counted.',
    labelNames: ['result'],
    registers,
  });
  const buildInfo = new Gauge({
    name: 's2i_incremental_build_info',
    help: 'Version of the running program; always 1.',
    labelNames: ['version'],
    registers,
  });
  const certificate = new Gauge({
    name: 's2i_incremental_certificate_not_after_seconds',
    help: 'Expiry of the serving certificate, in seconds since the epoch; 0: there is none yet.',
    registers,
  });

  // Prometheus does not count a series' first value as an increase, so series that trigger alerts start at 0.
  for (const [decision, reason] of buildDecisions) decisions.inc({ decision, reason }, 0);
  for (const decision of ['incremental', 'full', 'unrecorded']) {
    for (const phase of finalPhases) builds.zero({ decision, phase });
    for (const reason of buildFailures) failures.inc({ decision, reason }, 0);
  }
  for (const result of registryResults) registryRequests.inc({ result }, 0);
  for (const resource of changedResources) {
    for (const operation of ['CREATE', 'UPDATE']) {
      for (const reason of ['internal_error', 'deadline_exceeded']) {
        requests.inc({ resource, operation, result: 'failed', reason }, 0);
      }
    }
  }

  let historyStatus = () => ({ synced: false, buildConfigs: 0 });
  const watched: Gauge = new Gauge({
    name: 's2i_incremental_history_synced',
    help:
      '1: the watches on Builds and BuildConfigs are open; ' +
      '0: earlier Builds are read from the API server for each new one.',
    registers,
    collect: () => watched.set(historyStatus().synced ? 1 : 0),
  });
  const buildConfigs: Gauge = new Gauge({
    name: 's2i_incremental_history_build_configs',
    help: 'BuildConfigs with the opt-in label; with namespaces.watch all BuildConfigs.',
    registers,
    collect: () => buildConfigs.set(historyStatus().buildConfigs),
  });

  return {
    recordVersion(version: string): void {
      buildInfo.set({ version }, 1);
    },
    /** Sets the function that returns the history's state, called at each scrape. */
    observeHistory(status: () => { readonly synced: boolean; readonly buildConfigs: number }): void {
      historyStatus = status;
    },
    recordAdmission({ result, reason, decision, seconds, ...labels }: AdmissionRecord): void {
      const resource = resources.includes(labels.resource) ? labels.resource : other;
      const operation = operations.includes(labels.operation) ? labels.operation : other;
      requests.inc({ resource, operation, result, reason });
      duration.observe({ resource, operation }, seconds);
      if (decision !== undefined) decisions.inc({ decision, reason });
    },
    recordBuild({ decision, phase, failure, seconds, savedSeconds }: FinishedBuild): void {
      if (failure !== undefined) failures.inc({ decision, reason: failure });
      if (seconds <= maxBuildSeconds) builds.observe({ decision, phase }, seconds);
      if (seconds <= maxBuildSeconds && savedSeconds <= maxBuildSeconds) saved.inc(savedSeconds);
    },
    recordRegistryRequest(result: RegistryResult): void {
      registryRequests.inc({ result });
    },
    /** @param notAfter milliseconds since the epoch */
    recordCertificate(notAfter: number): void {
      certificate.set(notAfter / 1000);
    },
    contentType: registry.contentType,
    /** Returns all metrics in the Prometheus text format. */
    expose: () => registry.metrics(),
  };
}

/** Records what the metrics count. */
export type Metrics = ReturnType<typeof createMetrics>;
