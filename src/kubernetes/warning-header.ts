/**
 * The texts in the `Warning` headers of an answer, each `299 - "text"`; several may be joined by commas. In a text a
 * quote and a backslash are escaped by a backslash.
 */
export function decodeWarnings(header: string): readonly string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
