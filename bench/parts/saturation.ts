/** One core with more to do than it can, for a minute: no error, no growth, no answer that comes too late. */
import { setTimeout as delay } from 'node:timers/promises';
import { loadOf, prepareCase } from '../http/measure.ts';
import type { Lab } from '../lab.ts';
import { cases } from '../load/cases.ts';
import type { LoadResult } from '../load/load.ts';
import type { Row } from '../report.ts';

/** What a caller waits in the second part, in milliseconds: about as long as 64 requests take one after another. */
const shortTimeout = 15;

export async function benchSaturation(lab: Lab, quick: boolean): Promise<readonly Row[]> {
  const { generator, webhook, servers } = lab;
  const [seconds, settled] = quick ? [12, 4] : [60, 20];
  await prepareCase(generator, servers, 'incremental');
  const { expected } = cases.incremental;
  const load = loadOf(webhook, { mode: 'keep-alive', connections: 64, seconds, expected, deadline: 3_000 });
  const running = generator.ask(load) as Promise<LoadResult>;
  const resident: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await delay(1_000);
    resident.push(webhook.process.memory().resident / 1e6);
    webhook.trimLog();
  }
  const long = await running;

  await generator.ask({ kind: 'prepare', case: 'incremental', path: `/mutate?timeout=${shortTimeout}ms` });
  const before = await deadlinesOf(webhook.opsPort);
  const short = (await generator.ask({ ...load, seconds: 5, deadline: shortTimeout })) as LoadResult;
  const counted = (await deadlinesOf(webhook.opsPort)) - before;
  const [from, to] = [resident[settled] ?? Number.NaN, Math.max(...resident.slice(settled))];
  return [
    { name: `64 connections, ${seconds} s: requests a second`, value: long.rate, unit: '' },
    { name: 'errors and wrong answers', value: long.wrongCount, unit: '', goal: { atMost: 0 } },
    { name: 'answers after 3 s', value: long.late, unit: '', goal: { atMost: 0 } },
    { name: 'slowest answer', value: long.slowest, unit: 'ms' },
    { name: `RSS after ${settled} s`, value: from, unit: 'MB', goal: { atMost: 140 } },
    { name: `growth of RSS after ${settled} s`, value: to - from, unit: 'MB', goal: { atMost: 1 } },
    {
      name: `64 connections, timeout ${shortTimeout} ms: errors and wrong answers`,
      value: short.wrongCount,
      unit: '',
      goal: { atMost: 0 },
    },
    { name: 'passed unpatched', value: (short.passed / short.requests) * 100, unit: '%' },
    { name: 'passed, and counted by the webhook', value: short.passed - counted, unit: '', goal: { atMost: 0 } },
    { name: 'answers after the timeout', value: (short.late / short.requests) * 100, unit: '%' },
  ];
}

/** What the webhook counted as answered too late to patch. */
async function deadlinesOf(opsPort: number | undefined): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort ?? 0}/metrics`)).text();
  const counts = [
    ...text.matchAll(/^s2i_incremental_admission_requests_total\{.*reason="deadline_exceeded".*\} (\d+)$/gm),
  ];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
