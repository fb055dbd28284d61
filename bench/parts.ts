/** The parts of the benchmark. Each returns the same figures for each bundle, measured in turn in the same run. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CaseName, bodyOf, caseNames, largeBodies } from './cases.ts';
import type { LoadAnswer, LoadQuestion, SendQuestion } from './load.ts';
import { type MeasuredServer, type PinnedProcess, startWebhook } from './processes.ts';
import { nodeOptions } from '../test/helpers/image-options.ts';
import type { Figure } from './report.ts';

export type Columns = Readonly<Record<string, readonly Figure[]>>;

/** The bundles by name. */
export interface Lab {
  readonly folder: string;
  readonly bundles: Readonly<Record<string, string>>;
  readonly quick: boolean;
}

/** A lab with everything running: the bare server and the webhooks on the first core, the load on the second. */
export interface RunningLab extends Lab {
  readonly load: PinnedProcess;
  readonly bare: MeasuredServer;
  readonly webhooks: readonly MeasuredServer[];
}

/** Measures a bundle alone: its size, the time until it is ready, and its memory when idle. */
export async function measureStart({ folder, bundles, quick }: Lab): Promise<Columns> {
  const taken: Record<string, { startups: number[]; resident: number[] }> = {};
  for (let round = 0; round < (quick ? 3 : 7); round += 1) {
    for (const [name, program] of Object.entries(bundles)) {
      const server = await startWebhook(folder, { name, program });
      await delay(1_000);
      const { startups, resident } = (taken[name] ??= { startups: [], resident: [] });
      startups.push(server.startup);
      resident.push(server.memory().resident / 1e6);
      await server.stop();
    }
  }
  return mapValues(bundles, (program, name) => [
    { name: 'bundle', value: statSync(program).size / 1024, unit: 'KiB' },
    { name: 'start to ready, standalone', value: median(taken[name]?.startups ?? []), unit: 'ms' },
    { name: 'RSS, idle, standalone', value: median(taken[name]?.resident ?? []), unit: 'MB', goal: { atMost: 85 } },
  ]);
}

/** Measures the history of the sources, in a process with the image's options. */
export function measureHistory(): Columns {
  const file = fileURLToPath(new URL('./history-process.ts', import.meta.url));
  const stdout = execFileSync(process.execPath, [...nodeOptions, '--expose-gc', file], { encoding: 'utf8' });
  return { sources: JSON.parse(stdout) as Figure[] };
}

/** A round of one server. */
interface Round {
  readonly rate: number;
  readonly p99: number;
  /** Microseconds of processor time per request. */
  readonly processor: number;
}

/**
 * Requests a second at which the time of an answer is measured: a hundred times as many as a large cluster sends. Where
 * each connection sends its next request at once, an answer takes as long as those of all other connections together.
 */
const pace = 300;

/** Measures the webhooks and the bare server under the same load, in turns: forwards, then backwards. */
export async function measureHttp(lab: RunningLab): Promise<Columns> {
  const figures: Record<string, Figure[]> = mapValues(lab.bundles, () => []);
  for (const name of caseNames) {
    const [webhook] = lab.webhooks;
    if (webhook !== undefined) await teachBare(lab, webhook, name);
    for (const connections of lab.quick ? [16] : [1, 16]) {
      const rounds = await measureCell(lab, name, connections);
      const what = `${name}, ${connections} connection${connections === 1 ? '' : 's'}`;
      const isAim = name === 'incremental' && connections === 16;
      for (const { name: bundle } of lab.webhooks) {
        const ratio = (of: (round: Round) => number) =>
          median((rounds[bundle] ?? []).map((round, at) => of(round) / of(rounds['bare']?.[at] as Round)));
        const own = (of: (round: Round) => number) => median((rounds[bundle] ?? []).map(of));
        figures[bundle]?.push(
          {
            name: `${what}: a second`,
            value: own(({ rate }) => rate),
            unit: '',
            ...(isAim && { goal: { atLeast: 3_000 } }),
          },
          { name: '  / bare', value: ratio(({ rate }) => rate), unit: '' },
          { name: '  p99', value: own(({ p99 }) => p99), unit: 'ms' },
          { name: '  p99 / bare', value: ratio(({ p99 }) => p99), unit: '' },
          { name: '  processor time / bare', value: ratio(({ processor }) => processor), unit: '' },
        );
      }
    }
  }
  for (const { name, port, memory } of lab.webhooks) {
    // A pause of the garbage collector, about one in seven seconds, delays some twenty answers.
    const seconds = lab.quick ? 10 : 30;
    const question = { port, case: 'incremental', connections: 16, seconds, rate: pace } as const;
    const p99 = quantile((await ask(lab.load, question)).milliseconds, 0.99);
    figures[name]?.push({
      name: `incremental, 16 connections, ${pace} a second: p99`,
      value: p99,
      unit: 'ms',
      goal: { atMost: 5 },
    });
    const { resident, peak } = memory();
    figures[name]?.push(
      { name: 'RSS after this load', value: resident / 1e6, unit: 'MB', goal: { atMost: 170 } },
      { name: 'RSS, the most it ever was', value: peak / 1e6, unit: 'MB' },
    );
  }
  return figures;
}

/** Sets the bare server's answer to the webhook's, so that both send as many bytes. */
async function teachBare({ load, bare }: RunningLab, { port }: MeasuredServer, name: CaseName): Promise<void> {
  const { body } = await ask(load, { port, body: bodyOf(name), times: 1 });
  await bare.ask((JSON.parse(body) as { response: object }).response);
}

async function ask(load: PinnedProcess, question: LoadQuestion | SendQuestion): Promise<LoadAnswer> {
  return (await load.ask(question)) as LoadAnswer;
}

async function measureCell({ load, bare, webhooks, quick }: RunningLab, name: CaseName, connections: number) {
  const servers = [bare, ...webhooks];
  const measured: Record<string, Round[]> = Object.fromEntries(servers.map((server) => [server.name, []]));
  const run = async ({ port }: MeasuredServer, seconds: number) =>
    (await ask(load, { port, case: name, connections, seconds })).milliseconds;
  for (const server of servers) await run(server, quick ? 2 : 3);
  const seconds = quick ? 1 : 2;
  for (let round = 0; round < (quick ? 3 : 5); round += 1) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      const before = server.processorTime();
      const milliseconds = await run(server, seconds);
      const used = server.processorTime() - before;
      const { length } = milliseconds;
      measured[server.name]?.push({
        rate: length / seconds,
        p99: quantile(milliseconds, 0.99),
        processor: (used / length) * 1e6,
      });
      server.trimLog();
    }
  }
  return measured;
}

/** Measures reviews of 3 MiB in relation to JSON.parse, and the effect of ten of them a second on others. */
export async function measureLarge({ load, webhooks, quick }: RunningLab): Promise<Columns> {
  const figures: Record<string, Figure[]> = {};
  const bodies = Object.entries(largeBodies).map(([title, make]) => ({ title, body: make() }));
  const times = quick ? 5 : 20;
  for (const { name: bundle, port } of webhooks) {
    const list: Figure[] = (figures[bundle] = []);
    for (const { title, body } of bodies) {
      const taken = median((await ask(load, { port, body, times })).milliseconds);
      list.push({ name: `${title}: answer`, value: taken, unit: 'ms' });
      list.push({ name: '  / JSON.parse', value: taken / median(timesToParse(body, times)), unit: '' });
    }
    const seconds = quick ? 3 : 10;
    const beside = bodies[0]?.body ?? '';
    const { milliseconds } = await ask(load, { port, case: 'incremental', connections: 16, seconds, beside });
    const p99 = quantile(milliseconds, 0.99);
    list.push({ name: 'normal reviews, 16 connections, beside ten of them a second: p99', value: p99, unit: 'ms' });
  }
  return figures;
}

/** Returns milliseconds. */
function timesToParse(body: string, times: number): readonly number[] {
  return Array.from({ length: times }, () => {
    const since = performance.now();
    JSON.parse(body);
    return performance.now() - since;
  });
}

/** Returns the value below which the given share of the values lies; NaN if there are none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  valueOf: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, valueOf(value, name)]));
}
