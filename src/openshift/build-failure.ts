import { finalPhaseOf } from './build.ts';
import { type JsonObject, arrayAt, stringAt } from './json.ts';

/** What failed in a Build: a code for programs. */
export const buildFailures = [
  'fetch_scripts_failed',
  'fetch_source_failed',
  'pull_base_image_failed',
  'assemble_failed',
  'push_image_failed',
  'other',
] as const;
export type BuildFailure = (typeof buildFailures)[number];

/**
 * The reasons of a Build's status that say what failed; a base image that cannot be pulled and a failed `assemble`
 * share one.
 */
const failuresByReason: Readonly<Record<string, BuildFailure>> = {
  FetchScriptsFailed: 'fetch_scripts_failed',
  FetchSourceFailed: 'fetch_source_failed',
  InvalidContextDirectory: 'fetch_source_failed',
  PullBuilderImageFailed: 'pull_base_image_failed',
  PushImageToRegistryFailed: 'push_image_failed',
};

/**
 * Returns what failed in a Build that ended as Failed or Error; undefined for any other. The first row that fits:
 *
 * | status                                              | failure                  |
 * | --------------------------------------------------- | ------------------------ |
 * | a reason of `failuresByReason`                       | what it says             |
 * | reason none or GenericBuildFailed, stage Build      | `assemble_failed`        |
 * | likewise, stage PullImages and no later one         | `pull_base_image_failed` |
 * | anything else                                       | `other`                  |
 */
export function buildFailureOf(build: JsonObject): BuildFailure | undefined {
  const phase = finalPhaseOf(build);
  if (phase !== 'Failed' && phase !== 'Error') return undefined;
  const reason = stringAt(build, 'status', 'reason') ?? '';
  const told = Object.hasOwn(failuresByReason, reason) ? failuresByReason[reason] : undefined;
  if (told !== undefined) return told;
  if (reason !== '' && reason !== 'GenericBuildFailed') return 'other';
  const last = stringAt(arrayAt(build, 'status', 'stages')?.at(-1), 'name');
  return last === 'Build' ? 'assemble_failed' : last === 'PullImages' ? 'pull_base_image_failed' : 'other';
}
