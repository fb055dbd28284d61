import { shorten } from './render-changes.ts';
import type { Style, Text } from './terminal.ts';

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
export function renderTable(columns: readonly Column[], width: number): readonly Text[] {
  const natural = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map((cell) => cell.length)));
  const total = natural.reduce((sum, length) => sum + length, gap.length * (columns.length - 1));
  const excess = Math.max(0, total - width);
  const lengths = columns.map(({ title, isFlexible }, index) => {
    const length = natural[index] ?? 0;
    return isFlexible === true ? Math.max(title.length, length - excess) : length;
  });
  const line = (cellOf: (column: Column) => string, styleOf: (column: Column, cell: string) => Style | undefined) =>
    columns.flatMap((column, index): readonly Text[] => {
      const whole = cellOf(column);
      const text = shorten(whole, lengths[index] ?? 0);
      const style = styleOf(column, whole);
      const padding = index === columns.length - 1 ? '' : ' '.repeat((lengths[index] ?? 0) - text.length) + gap;
      return [style === undefined ? text : { style, text }, padding];
    });
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
  ];
}
