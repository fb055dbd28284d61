/** Kubernetes cuts warnings past 4 KiB in all; short ones survive every client. */
const maxLength = 120;
const maxCount = 5;

/**
 * A warning within 120 characters; what is longer is cut with dots. Control characters become spaces: the API server
 * drops warnings that hold one.
 */
export function warning(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return cut(text, maxLength).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** A user's value in quotes, shortened so that the rest of its warning has room. */
export function quote(value: string): string {
  return `"${cut(value, 24)}"`;
}

/** At most so many characters, the last three of them dots where some are left out. */
function cut(text: string, length: number): string {
  // A character takes at most two code units; the rest of a text of megabytes is not even looked at.
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}

/** At most five warnings, each once. */
export function limitWarnings(warnings: readonly string[]): readonly string[] {
  return warnings.length === 0 ? warnings : [...new Set(warnings)].slice(0, maxCount);
}
