import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from '../report.ts';
import { nodeOptions } from '../server/servers.ts';

/** The history by itself, in a process that is started as the image starts the webhook. */
export async function benchHistory(): Promise<readonly Row[]> {
  const file = fileURLToPath(new URL('./history-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeOptions, '--expose-gc', file]);
  return JSON.parse(stdout) as Row[];
}
