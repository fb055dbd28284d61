import { type JsonObject, isObject } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { annotationOf } from '../openshift/metadata.ts';
import type { RestorePlan, SkipPlan } from './plan.ts';
import { warning } from './warnings.ts';

/**
 * Decides which annotations an update of an opted-in Build must not change. The decisions about later Builds depend on
 * its record, which is written only on CREATE. So annotations of the record that an update adds, drops or changes are
 * restored. Nothing else is compared.
 */
export function planBuildUpdate(build: JsonObject, oldBuild: unknown): RestorePlan | SkipPlan {
  const before = isObject(oldBuild) ? oldBuild : {};
  const changed = Object.values(annotations).filter((key) => annotationOf(build, key) !== annotationOf(before, key));
  if (changed.length === 0) return { kind: 'skip', reason: 'nothing_to_do', warnings: [] };
  return {
    kind: 'restore',
    reason: 'annotations_restored',
    annotations: Object.fromEntries(changed.map((key) => [key, annotationOf(before, key) ?? null])),
    warnings: [warning(`restored read-only annotations: ${changed.join(', ')}`)],
  };
}
