import { shorten } from './render-changes.ts';

/** How a text is made to stand out. */
export type Style = 'bold' | 'green' | 'yellow' | 'red' | 'dim';

/** Applies a style; where there are no colours it returns the text as it is. */
export type Paint = (style: Style, text: string) => string;

export interface Column {
  readonly title: string;
  /** One a row. */
  readonly cells: readonly string[];
  /** Whether its cells give way, shortened in their middle, where a line would be too long. */
  readonly isFlexible?: boolean;
  readonly style?: (cell: string) => Style | undefined;
}

const gap = '   ';

/**
 * Columns as aligned lines, titles first, in the manner of `oc get`.
 * @param width characters a line may have; infinity: nothing is shortened
 */
export function renderTable(columns: readonly Column[], width: number, paint: Paint): string {
  const natural = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map((cell) => cell.length)));
  const total = natural.reduce((sum, length) => sum + length, gap.length * (columns.length - 1));
  const excess = Math.max(0, total - width);
  const lengths = columns.map(({ title, isFlexible }, index) => {
    const length = natural[index] ?? 0;
    return isFlexible === true ? Math.max(title.length, length - excess) : length;
  });
  const line = (cellOf: (column: Column) => string, styleOf: (column: Column, cell: string) => Style | undefined) =>
    columns
      .map((column, index) => {
        const cell = shorten(cellOf(column), lengths[index] ?? 0);
        const style = styleOf(column, cell);
        const padding = index === columns.length - 1 ? '' : ' '.repeat((lengths[index] ?? 0) - cell.length) + gap;
        return (style === undefined ? cell : paint(style, cell)) + padding;
      })
      .join('');
  const rows = columns[0]?.cells.length ?? 0;
  return [
    line(
      ({ title }) => title,
      () => 'bold',
    ),
    ...Array.from({ length: rows }, (_, row) =>
      line(
        ({ cells }) => cells[row] ?? '',
        ({ style }, cell) => style?.(cell),
      ),
    ),
  ]
    .map((text) => `${text}\n`)
    .join('');
}
