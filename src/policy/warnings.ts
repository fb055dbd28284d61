/** Kubernetes cuts warnings past 4 KiB in all; short ones survive every client. */
const maxLength = 120;
const maxCount = 5;

/** A warning within 120 characters; what is longer is cut with dots. Control characters become spaces: the API server drops warnings that hold one. */
export function warning(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  const characters = Array.from(clean);
  return characters.length <= maxLength ? clean : `${characters.slice(0, maxLength - 3).join('')}...`;
}

/** A user's value in quotes, shortened so that the rest of its warning has room. */
export function quote(value: string): string {
  const characters = Array.from(value);
  return `"${characters.length <= 24 ? value : `${characters.slice(0, 21).join('')}...`}"`;
}

/** At most five warnings, each once. */
export function limitWarnings(warnings: readonly string[]): readonly string[] {
  return [...new Set(warnings)].slice(0, maxCount);
}
