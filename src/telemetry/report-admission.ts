import type { Admission } from '../admission/admit.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import { buildPlanOf } from '../policy/plan.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/**
 * Returns a function that counts an answered review and writes one log line with the decision and its reason, but no
 * env value and no object. Changed objects are logged at `info`, unmodified ones at `debug`, failures of the webhook at
 * `error` or `warn`.
 */
export function createAdmissionReporter(logger: Logger, metrics: Metrics) {
  return (request: AdmissionRequest, { plan, patch, error, failures = [] }: Admission, milliseconds: number): void => {
    const reason = plan.reason;
    const failed = reason === 'internal_error' || reason === 'deadline_exceeded';
    const build = buildPlanOf(plan);
    const { subResource } = request;
    const resource = request.resource.resource + (subResource === '' ? '' : `/${subResource}`);
    metrics.recordAdmission({
      resource,
      operation: request.operation,
      result: failed ? 'failed' : patch.length > 0 ? 'patched' : 'unchanged',
      reason,
      // A dry run is counted as a request, but creates no Build.
      decision: request.dryRun ? undefined : build?.decision,
      seconds: milliseconds / 1000,
    });

    const isSkipped = !failed && patch.length === 0 && plan.kind === 'skip';
    if (isSkipped && !logger.isLevelEnabled('debug')) return;
    const fields: Record<string, unknown> = {
      uid: request.uid,
      resource,
      operation: request.operation,
      namespace: request.namespace,
      name: request.name,
    };
    if (request.dryRun) fields['dryRun'] = true;
    if (build !== undefined) fields['decision'] = build.decision;
    fields['reason'] = reason;
    if (build?.decision === 'incremental') {
      fields['previousBuild'] = build.previous.name;
      fields['from'] = build.previous.image;
    }
    if (build?.output !== undefined) fields['output'] = build.output.name;
    fields['milliseconds'] = Math.round(milliseconds);
    if (failures[0] !== undefined) {
      fields['missing'] = failures.map(({ source }) => source);
      fields['error'] = failures[0].error;
    }
    if (reason === 'internal_error') logger.error({ ...fields, error }, 'admission failed, object passed unmodified');
    else if (reason === 'deadline_exceeded')
      logger.warn(fields, 'admission deadline exceeded, object passed unmodified');
    else if (isSkipped) logger.debug(fields, 'skipped');
    else if (plan.kind !== 'mutate') logger.info(fields, 'restored');
    else if (failures.length > 0) logger.warn(fields, 'admitted, but some lookups failed');
    else logger.info(fields, 'admitted');
  };
}
