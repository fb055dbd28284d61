/**
 * npm run test:image: starts the webhook, has it admit a Build, and builds a chain of real images with the wrapper from
 * the URL that it wrote into the Build (chain.sh). Needs root and the Debian packages that chain.sh names.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, startProgram } from '../helpers/program.ts';
import { patchIn, send } from '../helpers/webhook.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-image-'));
const port = await freePort();
writeFileSync(
  join(folder, 'config.yaml'),
  `assemble: {baseUrl: "http://127.0.0.1:${port}/s2i", profiles: {python: {}}}\nserver: {shutdownDelay: 0s}\n`,
);
const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', String(port)];
const webhook = startProgram(['serve', '--standalone', ...ports, '--config', join(folder, 'config.yaml')], {
  cwd: folder,
});
try {
  const lines = await logUntil(webhook, 'listening for admission reviews');
  const url = lines.find(({ message }) => message === 'listening for admission reviews')?.['url'] as string;
  const answer = await send(url, readFileSync(join(folder, 'certs', 'ca.crt'), 'utf8'), reviewOf(exampleBuild()));
  const scripts = patchIn(answer.text).find(({ path }) => path === '/spec/strategy/sourceStrategy/scripts')?.value;
  if (typeof scripts !== 'string') throw new Error(`the Build was given no scripts: ${answer.text}`);
  console.log(`scripts from ${scripts}`);
  const chain = fileURLToPath(new URL('chain.sh', import.meta.url));
  const child = spawn(chain, [scripts, ...process.argv.slice(2)], { stdio: 'inherit' });
  const [status] = (await once(child, 'close')) as [number | null];
  process.exitCode = status ?? 1;
} finally {
  webhook.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
