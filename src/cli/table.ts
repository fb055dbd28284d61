import { shorten } from './render-changes.ts';
import type { Style, Text } from './terminal.ts';

/** Describes a column of a table. */
export interface Column {
  readonly title: string;
  /** One per row. */
  readonly cells: readonly string[];
  /**
   * Least characters of its cells if a line is too long; cells are then shortened in the middle, at worst to the length
   * of the title. Absent: cells are never shortened.
   */
  readonly room?: number;
  /** Whether it may be left out if there is still no room; the last one goes first. */
  readonly isOptional?: boolean;
  readonly style?: (cell: string) => Style | undefined;
}

const gap = '   ';

/**
 * Returns aligned lines, titles first, like `oc get`.
 * @param width characters of a line; infinity: nothing is shortened or left out
 */
export function renderTable(columns: readonly Column[], width: number): readonly Text[] {
  const fitting = fitColumns(columns, width);
  const line = (cellOf: (column: Column) => string, styleOf: (column: Column, cell: string) => Style | undefined) =>
    fitting.flatMap(({ column, length }, index): readonly Text[] => {
      const cell = cellOf(column);
      const text = shorten(cell, length);
      const style = styleOf(column, cell);
      const padding = index === fitting.length - 1 ? '' : ' '.repeat(length - text.length) + gap;
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

interface FittingColumn {
  readonly column: Column;
  /** Characters of the column. */
  readonly length: number;
}

/** Chooses the columns that fit, and their length. */
function fitColumns(columns: readonly Column[], width: number): readonly FittingColumn[] {
  const natural = columns.map((column) => ({
    column,
    length: Math.max(column.title.length, ...column.cells.map((cell) => cell.length)),
  }));
  const withRoom = shrinkColumns(natural, width, ({ title, room = 0 }) => Math.max(title.length, room));
  if (lengthOf(withRoom) <= width) return withRoom;
  const optional = columns.findLastIndex(({ isOptional }) => isOptional === true);
  if (optional !== -1) return fitColumns(columns.toSpliced(optional, 1), width);
  return shrinkColumns(withRoom, width, ({ title }) => title.length);
}

/** Shortens the longest column that may be shortened, until all fit or none is longer than its minimum. */
function shrinkColumns(
  columns: readonly FittingColumn[],
  width: number,
  leastOf: (column: Column) => number,
): readonly FittingColumn[] {
  const shrunk = columns.map((column) => ({ ...column }));
  const giving = () => shrunk.filter(({ column, length }) => column.room !== undefined && length > leastOf(column));
  while (lengthOf(shrunk) > width) {
    const [longest] = giving().sort((one, other) => other.length - one.length);
    if (longest === undefined) break;
    longest.length -= 1;
  }
  return shrunk;
}

function lengthOf(columns: readonly FittingColumn[]): number {
  return columns.reduce((sum, { length }) => sum + length, gap.length * (columns.length - 1));
}
