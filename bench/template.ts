/** A JSON text with places like `<NAME>` in its strings, cut once and joined with other values each time. */
export function createTemplate(value: unknown): (values: Readonly<Record<string, string>>) => string {
  const parts = JSON.stringify(value).split(/<([A-Z]+)>/);
  return (values) => {
    let text = '';
    for (const [at, part] of parts.entries()) text += at % 2 === 0 ? part : (values[part] ?? `<${part}>`);
    return text;
  };
}
