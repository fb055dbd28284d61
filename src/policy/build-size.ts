import type { JsonObject } from '../openshift/json.ts';

/**
 * Limits the JSON of a Build, in bytes. The build controller passes it to the pod in one environment variable, which
 * Linux limits to 128 KiB (MAX_ARG_STRLEN); 2 KiB are left for what the server adds after admission.
 */
export const maxBuildSize = 126 * 1024;

/** Returns whether the JSON of a Build, as Go encodes it, exceeds the limit. */
export function isBuildTooLarge(build: JsonObject): boolean {
  const text = JSON.stringify(build);
  // No UTF-16 unit takes more than six bytes, so most Builds need not be measured.
  return 6 * text.length > maxBuildSize && sizeInGo(text) > maxBuildSize;
}

/** Returns the bytes of a JSON text as Go encodes it: `<`, `>` and `&` take six each. */
export function sizeInGo(text: string): number {
  return new TextEncoder().encode(text).length + 5 * (text.match(/[<>&]/g)?.length ?? 0);
}
