/** One figure, and what it is meant to be; a benchmark reports, it does not judge. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** The rows as an aligned table. */
export function renderTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, value, unit, goal }) => {
      const figure = `${name.padEnd(width)}  ${value.toFixed(2).padStart(10)} ${unit.padEnd(4)}`;
      if (goal === undefined) return `${figure.trimEnd()}\n`;
      const [word, limit] = 'atMost' in goal ? ['at most', goal.atMost] : ['at least', goal.atLeast];
      const isMissed = 'atMost' in goal ? value > goal.atMost : value < goal.atLeast;
      return `${figure}  ${word} ${limit}${unit === '' ? '' : ` ${unit}`}${isMissed ? '   MISSED' : ''}\n`;
    })
    .join('');
}
