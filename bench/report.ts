/** A figure and its aim; a benchmark reports and does not fail. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** Returns one line for each figure, with a column for each list. */
export function renderTable(columns: Readonly<Record<string, readonly Figure[]>>): string {
  const lists = Object.values(columns);
  const head = ['', ...Object.keys(columns), '', 'aim'];
  const rows = (lists[0] ?? []).map(({ name, unit, goal }, at) => {
    const values = lists.map((list) => (list[at]?.value ?? Number.NaN).toFixed(2));
    const aim = goal === undefined ? '' : 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
    return [name, ...values, unit, aim];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => row.map((text, at) => (at === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[at] ?? 0))))
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('');
}
