import { sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, at } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf, nameOf } from '../openshift/metadata.ts';
import { fullBuildRules } from '../policy/full-build-rules.ts';
import { ownOptIn } from '../policy/opt-in.ts';

/** Holds what is known of a Build when its next one is described. */
export interface NextBuildRequest {
  /** Undefined: unknown. */
  readonly number: number | undefined;
  readonly reason: string;
  readonly decision: 'incremental' | 'full';
  readonly phase: string;
  readonly hasImage: boolean;
  /** Whether it was opted in by its namespace, without a label. */
  readonly byNamespace: boolean;
  /** Its current state; undefined if there is none or it could not be read. */
  readonly buildConfig: JsonObject | undefined;
}

/**
 * Describes the next Build and what would change it. The first row that fits:
 *
 * | condition                                   | sentence                                      |
 * | ------------------------------------------- | --------------------------------------------- |
 * | the BuildConfig has opted out since         | unmodified                                    |
 * | the BuildConfig asks for full builds now    | full                                          |
 * | newer Builds were started                   | explain those                                 |
 * | the reason persists                         | full, and what to do                          |
 * | an incremental build that failed            | full, once                                    |
 * | the Build has not finished                  | continues from it once it is Complete         |
 * | Complete with an image                      | continues from it, and what would make it full |
 * | anything else                               | continues from another one, if there is any   |
 */
export function explainNextBuild({
  number,
  reason,
  decision,
  phase,
  hasImage,
  byNamespace,
  buildConfig,
}: NextBuildRequest): string {
  if (buildConfig !== undefined && !(ownOptIn(buildConfig) ?? byNamespace)) {
    return 'Its BuildConfig has opted out since: the next Build is unmodified.';
  }
  if (buildConfig !== undefined && labelOf(buildConfig, labels.incremental) === 'false') {
    return `The next Build is full: the BuildConfig has the label ${labels.incremental}=false.`;
  }
  if (buildConfig !== undefined && sourceStrategyOf(buildConfig)?.['incremental'] === false) {
    return 'The next Build is full: the BuildConfig says incremental: false.';
  }
  const lastVersion = at(buildConfig, 'status', 'lastVersion');
  if (buildConfig !== undefined && number !== undefined && typeof lastVersion === 'number' && lastVersion > number) {
    return (
      'Newer Builds were started since: explain the last one, ' +
      `build/${nameOf(buildConfig)}-${lastVersion}, to see what the next Build will be.`
    );
  }
  const advice = fullBuildRules.find(({ code }) => code === reason)?.advice ?? null;
  if (advice !== null) return advice;
  if (decision === 'incremental' && (phase === 'Failed' || phase === 'Error')) {
    return (
      'The next Build is full, because an incremental build failed. If the full build succeeds, it ' +
      'starts a new chain.'
    );
  }
  const restarts =
    'It is full instead if the base image changes, if another repository or folder is built, if a Secret, ' +
    'ConfigMap or image of the source is added, removed or moved, if a variable is removed, if the chain reaches ' +
    'incremental.maxDepth or incremental.maxAge, or if it is started with --incremental=false.';
  if (['New', 'Pending', 'Running'].includes(phase)) {
    return `A Build that is started once this one is Complete continues from its image. ${restarts}`;
  }
  if (phase === 'Complete' && hasImage) return `The next Build continues from its image. ${restarts}`;
  const why = phase === 'Complete' ? 'no image of it is recorded' : `it is ${phase}`;
  return (
    `The next Build cannot continue from it, because ${why}. It continues from the newest Complete ` +
    'Build, if one still exists (successfulBuildsHistoryLimit says how many are kept).'
  );
}
