/** Kubernetes limits all warnings together to 4 KiB; short ones survive in every client. */
const maxLength = 120;
const maxCount = 5;

/**
 * Returns a warning of at most 120 characters; a longer one is cut and ends in dots. Control characters become spaces,
 * because the API server drops warnings that contain one.
 */
export function warning(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return cut(text, maxLength).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** Returns a user's value in quotes, shortened to leave room for the rest of the warning. */
export function quote(value: string): string {
  return `"${cut(value, 24)}"`;
}

/** Returns at most `length` characters; the last three are dots if the text was cut. */
function cut(text: string, length: number): string {
  // A character has at most two code units; the rest of a very long text is not read.
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}

/** Returns at most five warnings, without duplicates. */
export function limitWarnings(warnings: readonly string[]): readonly string[] {
  return warnings.length === 0 ? warnings : [...new Set(warnings)].slice(0, maxCount);
}
