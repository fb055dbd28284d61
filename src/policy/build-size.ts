import type { JsonObject } from '../openshift/json.ts';

/**
 * Limits the JSON of a Build, in bytes. The build controller passes it to the pod in one environment variable, which
 * Linux limits to 128 KiB (MAX_ARG_STRLEN); 2 KiB are left for what the server adds after admission.
 */
export const maxBuildSize = 126 * 1024;

/** Returns the size of a Build's JSON in bytes as Go encodes it: `<`, `>` and `&` take six bytes each. */
export function buildSizeOf(build: JsonObject): number {
  const text = JSON.stringify(build);
  return new TextEncoder().encode(text).length + 5 * (text.match(/[<>&]/g)?.length ?? 0);
}
