import type { BuildConfigStatus } from '../status/build-config-status.ts';
import { formatSeconds } from '../status/words.ts';
import { type Column, renderTable } from './table.ts';
import type { Text } from './terminal.ts';

/** Says how to render the table. */
export interface StatusTableOptions {
  /** Whether there is a column for the namespace. */
  readonly withNamespace: boolean;
  /** Characters of a line; infinity if it is no terminal, then digests are not shortened. */
  readonly width: number;
}

/** Returns a line for each BuildConfig; `-` means none or unknown. */
export function renderStatusTable(rows: readonly BuildConfigStatus[], options: StatusTableOptions): readonly Text[] {
  const { withNamespace, width } = options;
  const column = (title: string, cell: (row: BuildConfigStatus) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: rows.map((row) => cell(row)),
    ...more,
  });
  const image = (text: string) =>
    Number.isFinite(width) ? text.replace(/(@sha\d+:[a-f0-9]{8})[a-f0-9]+$/, '$1…') : text;
  const columns = [
    ...(withNamespace ? [column('NAMESPACE', ({ namespace }) => namespace, { room: 12 })] : []),
    column('NAME', ({ name }) => name, { room: 16 }),
    column('LAST', ({ last }) => (last === null ? '-' : `${last.build}${phaseNote(last.phase)}`), {
      room: 16,
      style: (cell) => (/\((?:Failed|Error|Cancelled)\)$/.test(cell) ? 'red' : undefined),
    }),
    column('DECISION', ({ last }) => (last === null ? '-' : (last.decision ?? 'unmodified')), {
      room: 12,
      style: (cell) => decisionStyles[cell],
    }),
    column('REASON', ({ last }) => last?.reason ?? '-', { room: 22 }),
    column('CHAIN', ({ chain }) => chainText(chain), { isOptional: true }),
    column('PREVIOUS IMAGE', ({ previous }) => (previous === null ? '-' : image(previous.image)), {
      room: 27,
      isOptional: true,
    }),
    column('FULL', ({ medianSeconds }) => timeText(medianSeconds.full), { isOptional: true }),
    column('INCREMENTAL', ({ medianSeconds }) => timeText(medianSeconds.incremental), { isOptional: true }),
    column('SAVED', savedText),
  ];
  return renderTable(columns, width);
}

const decisionStyles: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  incremental: 'green',
  full: 'yellow',
  unmodified: 'red',
};

/** Complete is the usual phase and is not shown. */
function phaseNote(phase: string): string {
  return phase === 'Complete' ? '' : ` (${phase})`;
}

function chainText(chain: BuildConfigStatus['chain']): string {
  if (chain === null) return '-';
  return chain.limit === null ? String(chain.depth) : `${chain.depth}/${chain.limit}`;
}

function timeText(seconds: number | null): string {
  return seconds === null ? '-' : formatSeconds(seconds);
}

function savedText({ savesNothing, medianSeconds: { full, incremental }, savedSeconds }: BuildConfigStatus): string {
  return savesNothing ? `saves nothing: ${timeText(incremental)} instead of ${timeText(full)}` : timeText(savedSeconds);
}
