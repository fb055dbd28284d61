/** Reviews of 3 MiB: how long their answers take beside JSON.parse of them, and what they do to those of others. */
import type { Sent } from '../load/generator.ts';
import { largeBody, largeNames, largeTitles, cases } from '../load/cases.ts';
import type { LoadResult } from '../load/load.ts';
import { spreadOf } from '../load/statistics.ts';
import { loadOf, path, prepareCase } from '../http/measure.ts';
import type { Lab } from '../lab.ts';
import type { Row } from '../report.ts';

export async function benchLarge({ generator, bare, webhook, servers }: Lab, quick: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const times = quick ? 5 : 20;
  for (const name of largeNames) {
    const body = largeBody(name);
    const sending = { kind: 'send', port: webhook.port, path, body, interval: 0 };
    await generator.ask({ ...sending, times: 3 });
    const { milliseconds, answer } = (await generator.ask({ ...sending, times })) as Sent;
    if (!/"patch":"|leave no room/.test(answer))
      throw new Error(`${largeTitles[name]} was answered ${answer.slice(0, 300)}`);
    const toBare = { ...sending, port: bare.port };
    await generator.ask({ ...toBare, times: 3 });
    const bareTaken = spreadOf(((await generator.ask({ ...toBare, times })) as Sent).milliseconds).median;
    const parses = (await bare.process.ask({ kind: 'parse', body, times: times + 3 })) as number[];
    const [taken, parse] = [spreadOf(milliseconds).median, spreadOf(parses.slice(3)).median];
    const title = `${largeTitles[name]} (${(Buffer.byteLength(body) / 2 ** 20).toFixed(2)} MiB)`;
    rows.push(
      { name: `${title}: answer`, value: taken, unit: 'ms' },
      { name: `${title}: answer / JSON.parse`, value: taken / parse, unit: '', goal: { atMost: 10 } },
      { name: `${title}: answer / bare`, value: taken / bareTaken, unit: '' },
    );
  }

  // As many normal requests as the webhook can answer, with ten large ones a second beside them and without.
  await prepareCase(generator, servers, 'incremental');
  const { expected } = cases.incremental;
  const load = loadOf(webhook, { mode: 'keep-alive', connections: 16, seconds: quick ? 3 : 10, expected });
  await generator.ask(load);
  const alone = (await generator.ask(load)) as LoadResult;
  const beside = {
    kind: 'send',
    port: webhook.port,
    path,
    body: largeBody('env'),
    times: load.seconds * 10,
    interval: 100,
  };
  const [crowded] = (await Promise.all([generator.ask(load), generator.ask(beside)])) as [LoadResult, Sent];
  rows.push(
    { name: 'normal requests, 16 connections: p99', value: alone.p99, unit: 'ms' },
    { name: 'beside ten reviews of 3 MiB a second: p99', value: crowded.p99, unit: 'ms' },
    { name: 'beside them: slowest', value: crowded.slowest, unit: 'ms' },
    { name: 'beside them: requests a second / without', value: crowded.rate / alone.rate, unit: '' },
  );
  return rows;
}
