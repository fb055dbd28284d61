/** Describes the size of the value that JSON.parse would return. */
export interface JsonSize {
  /** Nesting of lists and objects. */
  readonly depth: number;
  /** Opening brackets, commas and colons: each comes with at most one value or key. */
  readonly marks: number;
}

/** Measures a text without parsing it, even if it is no JSON. Stops at a limit. */
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

/** Returns the end of the string that starts at a quote. */
function endOfString(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== 0x22) at += text[at] === 0x5c ? 2 : 1;
  return at;
}
