import type { Lab } from '../lab.ts';
import type { BenchOptions } from '../options.ts';
import type { Row } from '../report.ts';
import type { ApiServerCounts } from '../server/api-server.ts';
import { type Cell, type CellRounds, measureCell, prepareCase } from './measure.ts';
import { medianRatio, renderCell, renderHead } from './table.ts';

export interface Comparison {
  readonly cells: readonly { readonly cell: Cell; readonly rounds: CellRounds }[];
  readonly rows: readonly Row[];
}

/** The webhook beside the bare server, under the same load in turns. */
export async function compare(lab: Lab, options: BenchOptions, say: (text: string) => void): Promise<Comparison> {
  const { generator, servers, apiServer } = lab;
  const cells: { cell: Cell; rounds: CellRounds }[] = [];
  say(renderHead());
  for (const name of options.cases) {
    await prepareCase(generator, servers, name);
    for (const mode of options.modes) {
      if (mode !== 'keep-alive' && name !== 'incremental') continue;
      for (const connections of options.connections) {
        const cell = { case: name, mode, connections };
        const rounds = await measureCell(generator, servers, cell, options.effort);
        cells.push({ cell, rounds });
        say(renderCell(cell, rounds));
      }
    }
  }
  const { lists, watches, events, live } = (await apiServer.ask({ kind: 'counts' })) as ApiServerCounts;
  say(`\nasked of the API server: ${lists} lists, ${watches} watches, ${events} Events, ${live} live reads`);
  return { cells, rows: cells.flatMap(({ cell, rounds }) => goalsOf(cell, rounds)) };
}

/** The figures that have a goal: those at 16 connections that are used on and on. */
function goalsOf({ case: name, mode, connections }: Cell, rounds: CellRounds): readonly Row[] {
  const leastRate = { 'not-opted-in': 0.9, incremental: 0.75 }[name as string];
  if (mode !== 'keep-alive' || connections !== 16 || leastRate === undefined) return [];
  const { bare = [], webhook = [] } = rounds;
  const what = `${name}, 16 connections`;
  return [
    {
      name: `${what}: requests a second / bare`,
      value: medianRatio(webhook, bare, ({ rate }) => rate),
      unit: '',
      goal: { atLeast: leastRate },
    },
    {
      name: `${what}: p99 / bare`,
      value: medianRatio(webhook, bare, ({ p99 }) => p99),
      unit: '',
      ...(name === 'incremental' && { goal: { atMost: 1.5 } }),
    },
    {
      name: `${what}: RSS`,
      value: Math.max(...webhook.map(({ resident }) => resident)) / 1e6,
      unit: 'MB',
      goal: { atMost: 140 },
    },
  ];
}
