/** What JSON.parse would make of a text. */
export interface JsonSize {
  /** Lists and objects in one another. */
  readonly depth: number;
  /** Brackets that open, commas and colons: each stands for one value or key at most. */
  readonly marks: number;
}

/** Measures a JSON text without parsing it; it need not be JSON. Stops where either is over the limit. */
export function measureJson(text: Buffer, limit: JsonSize): JsonSize {
  let [depth, deepest, marks] = [0, 0, 0];
  for (let at = 0; at < text.length && deepest <= limit.depth && marks <= limit.marks; at += 1) {
    switch (text[at]) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        deepest = Math.max(deepest, depth);
        marks += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        break;
      case 0x2c: // ,
      case 0x3a: // :
        marks += 1;
        break;
      default:
    }
  }
  return { depth: deepest, marks };
}

/** Returns where the string that begins at a quote ends. */
function endOfString(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== 0x22) at += text[at] === 0x5c ? 2 : 1;
  return at;
}
