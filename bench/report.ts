/** One figure, and the limit it is meant to keep; a benchmark reports, it does not judge. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | undefined;
}

/** The rows as an aligned table. */
export function renderTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, value, unit, limit }) => {
      const goal = limit === undefined ? '' : `   at most ${limit} ${unit}${value > limit ? '   EXCEEDED' : ''}`;
      return `${name.padEnd(width)}  ${value.toFixed(2).padStart(8)} ${unit.padEnd(2)}${goal}\n`;
    })
    .join('');
}
