/** Characters that act on a terminal: controls, and format characters, among them the marks of bidirectional text. */
const controls = /[\p{Cc}\p{Cf}]/gu;

/** One line in which they are shown by their numbers, so that nothing in it can forge a line or act on the terminal. */
export function showControls(text: string): string {
  return text.replaceAll(controls, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/**
 * A document in which they are escaped within its quotes, as JSON and YAML know it: it means the same, and can be
 * looked at.
 */
export function escapeControls(document: string): string {
  return document.replaceAll(controls, (character) =>
    // What is not of the basic plane acts on no terminal.
    character === '\n' || character.length > 1
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
