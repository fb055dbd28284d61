import { spreadOf } from '../load/statistics.ts';
import type { Cell, CellRounds, Round } from './measure.ts';

/** Figures of one server: the median of its rounds. */
type Column = readonly [title: string, of: (round: Round) => number, digits: number];

const columns: readonly Column[] = [
  ['req/s', (round) => round.rate, 0],
  ['p50 ms', (round) => round.p50, 2],
  ['p99', (round) => round.p99, 2],
  ['p99.9', (round) => round.p999, 2],
  ['max', (round) => round.slowest, 1],
  ['CPU µs', (round) => round.serverPerRequest, 1],
  ['core %', (round) => round.serverShare * 100, 0],
  ['main %', (round) => round.mainShare * 100, 0],
  ['wait %', (round) => round.serverWaited * 100, 0],
  ['load %', (round) => round.generatorShare * 100, 0],
  ['loop p99', (round) => round.delay.p99, 1],
  ['loop max', (round) => round.delay.longest, 1],
  ['RSS MB', (round) => round.resident / 1e6, 0],
  ['peak MB', (round) => round.peak / 1e6, 0],
];

/** The table's head. */
export function renderHead(): string {
  return `${'case'.padEnd(16)}${'server'.padEnd(10)}${columns.map(([title]) => title.padStart(9)).join('')}   req/s least–most`;
}

/** A line for each server, and one for the ratios to the first. */
export function renderCell({ case: name, mode, connections }: Cell, rounds: CellRounds): string {
  const [reference, ...others] = Object.entries(rounds);
  const lines = Object.entries(rounds).map(([server, measured]) => {
    const figures = columns.map(([, of, digits]) => spreadOf(measured.map(of)).median.toFixed(digits).padStart(9));
    const { least, most } = spreadOf(measured.map((round) => round.rate));
    return `${' '.repeat(16)}${server.padEnd(10)}${figures.join('')}   ${least.toFixed(0)}–${most.toFixed(0)}`;
  });
  const ratios = others.map(([server, measured]) => {
    const texts = [
      ['rate', (round: Round) => round.rate],
      ['p50', (round: Round) => round.p50],
      ['p99', (round: Round) => round.p99],
      ['CPU', (round: Round) => round.serverPerRequest],
    ] as const;
    const shown = texts.map(([title, of]) => {
      const { median, least, most } = ratioOf(measured, reference?.[1] ?? [], of);
      return `${title} ${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
    });
    return `${' '.repeat(16)}${`${server} / ${reference?.[0] ?? ''}`.padEnd(20)}${shown.join('  ')}`;
  });
  return [`${name}, ${mode}, ${connections} connections`, ...lines, ...ratios].join('\n');
}

/** The median of the ratios of the rounds that were taken next to each other. */
export function medianRatio(
  rounds: readonly Round[],
  reference: readonly Round[],
  of: (round: Round) => number,
): number {
  return ratioOf(rounds, reference, of).median;
}

/** The ratio of the rounds that were taken next to each other. */
export function ratioOf(rounds: readonly Round[], reference: readonly Round[], of: (round: Round) => number) {
  return spreadOf(rounds.map((round, at) => of(round) / of(reference[at] as Round)));
}
