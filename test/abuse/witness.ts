import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { patchIn, readAnswer } from '../helpers/webhook.ts';

/** What others observed of a webhook; times are milliseconds. */
export interface Testimony {
  readonly probes: number;
  readonly failedProbes: readonly string[];
  readonly slowestProbe: number;
  readonly reviews: number;
  readonly failedReviews: readonly string[];
  readonly p99: number;
}

/**
 * Sends probes, each on its own connection, and four usual reviews at a time, like an API server, from another address.
 */
export function startWitness({ port, opsPort }: { readonly port: number; readonly opsPort: number }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false, localAddress: '127.0.0.2' });
  const body = JSON.stringify(reviewOf(exampleBuild()));
  let isStopped = false;
  let [probes, reviews]: [number[], number[]] = [[], []];
  let [failedProbes, failedReviews]: [string[], string[]] = [[], []];

  const probe = async () => {
    const since = performance.now();
    try {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port: opsPort,
        path: '/healthz',
        agent: false,
        timeout: 2_000,
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
      outgoing.end();
      const { status } = await readAnswer(outgoing);
      if (status !== 200) failedProbes.push(String(status));
    } catch (error) {
      failedProbes.push(String(error));
    }
    probes.push(performance.now() - since);
  };

  const review = async (attempt = 1): Promise<void> => {
    const since = performance.now();
    const headers = { 'Content-Type': 'application/json' };
    const outgoing = httpsRequest({
      host: '127.0.0.1',
      port,
      path: '/mutate?timeout=3s',
      method: 'POST',
      agent,
      headers,
    });
    try {
      outgoing.end(body);
      const { status, text } = await readAnswer(outgoing);
      if (status !== 200 || patchIn(text).length === 0) failedReviews.push(`${status} ${text.slice(0, 300)}`);
    } catch (error) {
      // An idle connection may be closed when it is reused; API servers repeat such a request.
      if (outgoing.reusedSocket && attempt === 1) return review(2);
      failedReviews.push(String(error));
    }
    reviews.push(performance.now() - since);
  };

  const keepOn = async (act: () => Promise<void>) => {
    while (!isStopped) {
      await act();
      await delay(50);
    }
  };
  void keepOn(probe);
  for (let at = 0; at < 4; at += 1) void keepOn(() => review());

  return {
    /** Returns the observations since the last call. */
    testify(): Testimony {
      const sorted = reviews.toSorted((one, other) => one - other);
      const testimony = {
        probes: probes.length,
        failedProbes,
        slowestProbe: Math.max(0, ...probes),
        reviews: reviews.length,
        failedReviews,
        p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      };
      [probes, reviews, failedProbes, failedReviews] = [[], [], [], []];
      return testimony;
    },
    stop(): void {
      isStopped = true;
      agent.destroy();
    },
  };
}

/** Returns the memory of a process in bytes: current and peak. */
export function memoryOf(pid: number): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytesOf = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { resident: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}
