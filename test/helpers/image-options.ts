import { readFileSync } from 'node:fs';

/** The image's start options, read from the Dockerfile. */
const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];

/** The image's options of Node.js. */
export const nodeOptions: readonly string[] = (JSON.parse(entrypoint) as string[]).filter((word) =>
  word.startsWith('--'),
);

/** The image's settings of the C library. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (MALLOC_\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value] as const),
);
