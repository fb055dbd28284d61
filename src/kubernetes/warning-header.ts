/**
 * Returns the texts of `Warning` headers, each `299 - "text"`; several may be joined by commas. In a text, quotes and
 * backslashes are escaped by a backslash.
 */
export function decodeWarnings(header: string): readonly string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
