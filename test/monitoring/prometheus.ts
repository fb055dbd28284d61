import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, arrayAt, at, objectAt } from '../../src/openshift/json.ts';
import { freePort } from '../helpers/cluster/free-port.ts';
import { ProcessGuard } from '../helpers/cluster/process-guard.ts';
import { GiveUp, waitFor } from '../helpers/cluster/wait-for.ts';
import { promtool } from './promtool.ts';

/** A series of an answer: labels and value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus. */
export interface Prometheus {
  /**
   * Resolves with the answer to an instant query.
   * @param time seconds since the epoch; by default now
   * @throws Error with Prometheus's message
   */
  readonly query: (expression: string, time?: number) => Promise<readonly Sample[]>;
  /** Returns its targets. */
  readonly targets: () => Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/**
 * Starts Debian's Prometheus.
 * @param past its stored samples, in the OpenMetrics text format with timestamps
 * @param target host and port that it scrapes each second
 */
export async function startPrometheus(past: string, target: string): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 's2i-incremental-prometheus-'));
  const guard = new ProcessGuard(directory);
  try {
    const file = (name: string) => join(directory, name);
    writeFileSync(file('past.txt'), past);
    const { status, output } = await promtool([
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      file('past.txt'),
      file('data'),
    ]);
    if (status !== 0) throw new Error(output);
    const scrape = { job_name: 'live', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
    writeFileSync(file('prometheus.yml'), JSON.stringify({ scrape_configs: [scrape] }));
    const address = `127.0.0.1:${await freePort()}`;
    const log = openSync(file('log'), 'a');
    const args = [
      `--config.file=${file('prometheus.yml')}`,
      `--storage.tsdb.path=${file('data')}`,
      // The samples are years old.
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
    ];
    const server = guard.spawn('prometheus', args, log, { PATH: process.env['PATH'] });
    closeSync(log);
    await waitFor('Prometheus to be ready', async () => {
      if (server.hasExited) throw new GiveUp(readFileSync(file('log'), 'utf8'));
      return (await fetch(`http://${address}/-/ready`)).ok;
    });
    return {
      query: async (expression, time) => {
        const query = new URLSearchParams({ query: expression, ...(time !== undefined && { time: String(time) }) });
        const data = await answer(`http://${address}/api/v1/query?${query.toString()}`);
        return (arrayAt(data, 'result') ?? []).map((series) => ({
          labels: objectAt(series, 'metric') as Record<string, string>,
          value: Number(arrayAt(series, 'value')?.[1]),
        }));
      },
      targets: async () => arrayAt(await answer(`http://${address}/api/v1/targets`), 'activeTargets') ?? [],
      stop: () => guard.release(),
    };
  } catch (error) {
    await guard.release();
    throw error;
  }
}

async function answer(url: string): Promise<unknown> {
  const body = (await (await fetch(url)).json()) as JsonObject;
  if (body['status'] !== 'success') throw new Error(String(at(body, 'error')));
  return body['data'];
}
