import { finalPhaseOf } from './build.ts';
import { type JsonObject, arrayAt, stringAt } from './json.ts';

/** Lists the codes of what failed in a Build. */
export const buildFailures = [
  'fetch_scripts_failed',
  'fetch_source_failed',
  'pull_base_image_failed',
  'assemble_failed',
  'push_image_failed',
  'other',
] as const;
/** Names what failed in a Build. */
export type BuildFailure = (typeof buildFailures)[number];

/**
 * Maps the status reasons that identify a failure. A base image that cannot be pulled and a failed `assemble` are not
 * among them: both have the reason GenericBuildFailed.
 */
const failuresByReason: Readonly<Record<string, BuildFailure>> = {
  FetchScriptsFailed: 'fetch_scripts_failed',
  FetchSourceFailed: 'fetch_source_failed',
  InvalidContextDirectory: 'fetch_source_failed',
  PullBuilderImageFailed: 'pull_base_image_failed',
  PushImageToRegistryFailed: 'push_image_failed',
};

/**
 * Returns what failed in a Build that ended as Failed or Error; otherwise undefined. The first row that fits:
 *
 * | status                                              | failure                  |
 * | --------------------------------------------------- | ------------------------ |
 * | a reason of `failuresByReason`                       | that of the reason       |
 * | reason none or GenericBuildFailed, stage Build      | `assemble_failed`        |
 * | likewise, stage PullImages and no later one         | `pull_base_image_failed` |
 * | anything else                                       | `other`                  |
 */
export function buildFailureOf(build: JsonObject): BuildFailure | undefined {
  const phase = finalPhaseOf(build);
  if (phase !== 'Failed' && phase !== 'Error') return undefined;
  const reason = stringAt(build, 'status', 'reason') ?? '';
  const failure = Object.hasOwn(failuresByReason, reason) ? failuresByReason[reason] : undefined;
  if (failure !== undefined) return failure;
  if (reason !== '' && reason !== 'GenericBuildFailed') return 'other';
  const last = stringAt(arrayAt(build, 'status', 'stages')?.at(-1), 'name');
  return last === 'Build' ? 'assemble_failed' : last === 'PullImages' ? 'pull_base_image_failed' : 'other';
}
