/** Characters that control a terminal: control and format characters, including bidirectional marks. */
const controls = /[\p{Cc}\p{Cf}]/gu;

/**
 * Returns a line with such characters shown as numbers, so that its text can neither end the line nor control a
 * terminal.
 */
export function showControls(text: string): string {
  return text.replaceAll(controls, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** Returns a document in which such characters are escaped as in JSON and YAML strings: its meaning is the same. */
export function escapeControls(document: string): string {
  return document.replaceAll(controls, (character) =>
    // No character outside the basic plane controls a terminal.
    character === '\n' || character.length > 1
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
