/** Characters that act on a terminal: controls, and format characters, among them the marks of bidirectional text. */
export const controls = /[\p{Cc}\p{Cf}]/gu;

/** One line in which they are shown by their numbers, so that nothing in it can forge a line or act on the terminal. */
export function showControls(text: string): string {
  return text.replaceAll(controls, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}
