import { type CaseName, type Expectation, cases } from '../load/cases.ts';
import type { LoadOptions, LoadResult, Mode } from '../load/load.ts';
import type { PinnedProcess } from '../load/pinned-process.ts';
import type { LoopDelay } from '../server/observe.ts';
import type { MeasuredServer } from '../server/servers.ts';

/** One point of the comparison. */
export interface Cell {
  readonly case: CaseName;
  readonly mode: Mode;
  readonly connections: number;
}

/** One round of one server; memory in bytes. */
export interface Round extends LoadResult {
  readonly delay: LoopDelay;
  readonly resident: number;
  readonly peak: number;
}

/** The rounds of each server, by its name and in the order they were taken. */
export type CellRounds = Readonly<Record<string, readonly Round[]>>;

export interface Effort {
  readonly rounds: number;
  /** Seconds of each round. */
  readonly seconds: number;
  /** Seconds before the first round of each server, not counted. */
  readonly warmup: number;
}

/** The API server's own call; the timeout is the chart's default. */
export const path = '/mutate?timeout=3s';

/** Measures the servers in turns: once forwards, once backwards, so that neither is always the one after the other. */
export async function measureCell(
  generator: PinnedProcess,
  servers: readonly MeasuredServer[],
  cell: Cell,
  effort: Effort,
): Promise<CellRounds> {
  const { expected } = cases[cell.case];
  const rounds: Record<string, Round[]> = Object.fromEntries(servers.map(({ name }) => [name, []]));
  for (const server of servers) await load(generator, server, cell, effort.warmup, expected);
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      await server.resetDelay();
      const result = await load(generator, server, cell, effort.seconds, expected);
      const delay = await server.delay();
      rounds[server.name]?.push({ ...result, delay, ...server.process.memory() });
      server.trimLog();
    }
  }
  return rounds;
}

async function load(
  generator: PinnedProcess,
  server: MeasuredServer,
  { mode, connections }: Cell,
  seconds: number,
  expected: Expectation,
): Promise<LoadResult> {
  const options = loadOf(server, { mode, connections, seconds, expected });
  const result = (await generator.ask(options)) as LoadResult;
  if (result.wrongCount > 0) {
    throw new WrongAnswerError(`${server.name}: ${result.wrongCount} wrong answers, e.g.\n${result.wrong.join('\n')}`);
  }
  return result;
}

/** What the generator is asked to load a server. */
export function loadOf(server: MeasuredServer, options: Omit<LoadOptions, 'port' | 'pid'>) {
  return { kind: 'load', port: server.port, pid: server.process.pid, ...options };
}

/** A server that is fast and wrong is not measured. */
export class WrongAnswerError extends Error {
  readonly code = 'wrong_answer';
}

/** Prepares the requests of a case and has every bare server answer it as the webhook does. */
export async function prepareCase(
  generator: PinnedProcess,
  servers: readonly MeasuredServer[],
  name: CaseName,
): Promise<void> {
  await generator.ask({ kind: 'prepare', case: name, path });
  const webhook = servers.find((server) => server.name !== 'bare');
  const bare = servers.find((server) => server.name === 'bare');
  if (webhook === undefined || bare === undefined) return;
  const body = (await generator.ask({ kind: 'probe', port: webhook.port })) as string;
  const { response } = JSON.parse(body) as { response: object };
  await bare.process.ask({ kind: 'answer', response });
}
