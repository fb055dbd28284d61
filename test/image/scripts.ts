/** The two deliveries of the wrapper. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../helpers/cluster/free-port.ts';
import { type Tree, file } from '../helpers/file-tree.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, startProgram } from '../helpers/program.ts';
import { patchIn, send } from '../helpers/webhook.ts';
import { type ImageStore, checkout } from '../release/image-store.ts';

/** Returns the scripts of an image for `assemble.image`, as a folder of the source. */
export async function scriptsOutOfImage(store: ImageStore, profile: string): Promise<Tree> {
  const image = 'localhost/scripts';
  execFileSync(join(checkout, 'hack/scripts-image.sh'), [image], { env: store.environment, stdio: 'ignore' });
  const container = await store.buildah('from', '--pull-never', image);
  const folder = join(await store.buildah('mount', container), 's2i', profile);
  const entries = ['assemble', 'run'].flatMap((name) => {
    try {
      return [[name, file(readFileSync(join(folder, name), 'latin1'), 0o755)] as const];
    } catch {
      return [];
    }
  });
  await store.buildah('rm', container);
  return { '.s2i-incremental-scripts': Object.fromEntries(entries) };
}

/** The Build's `scripts` for that folder. */
export const scriptsInSource = 'source:.s2i-incremental-scripts';

/** Starts a webhook that serves scripts; returns the address that it writes into a Build on a Python image. */
export async function serveScripts(store: ImageStore): Promise<{ address: string; stop: () => void }> {
  const folder = mkdtempSync(join(store.folder, 'webhook-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'config.yaml'),
    `assemble: {baseUrl: "http://127.0.0.1:${port}/s2i"}\nserver: {shutdownDelay: 0s}\n`,
  );
  const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', String(port)];
  const webhook = startProgram(['serve', '--standalone', ...ports, '--config', join(folder, 'config.yaml')], {
    cwd: folder,
  });
  const stop = () => void webhook.kill('SIGTERM');
  const lines = await logUntil(webhook, 'listening for admission reviews');
  const url = lines.find(({ message }) => message === 'listening for admission reviews')?.['url'] as string;
  const answer = await send(url, readFileSync(join(folder, 'certs', 'ca.crt'), 'utf8'), reviewOf(exampleBuild()));
  const address = patchIn(answer.text).find(({ path }) => path === '/spec/strategy/sourceStrategy/scripts')?.value;
  if (typeof address !== 'string') throw new Error(`the Build was given no scripts: ${answer.text}`);
  return { address, stop };
}
