import type { JsonObject } from '../openshift/json.ts';

/**
 * Bytes of a Build's JSON that its pod can be given. The build controller puts it into one environment variable, and
 * Linux takes 128 KiB of one at most (MAX_ARG_STRLEN); 2 KiB are left for what the server adds after admission.
 */
export const maxBuildSize = 126 * 1024;

/** Returns the bytes of a Build's JSON as Go encodes it: `<`, `>` and `&` take six bytes each. */
export function buildSizeOf(build: JsonObject): number {
  const text = JSON.stringify(build);
  return new TextEncoder().encode(text).length + 5 * (text.match(/[<>&]/g)?.length ?? 0);
}
