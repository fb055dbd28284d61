import { defineCommand } from './command.ts';

/** Declares `demo`. */
export const demo = defineCommand({
  name: 'demo',
  summary: 'play a short story with a webhook of its own, without a cluster',
  audience: 'developers',
  options: {},
  about: [
    "Starts a webhook on free ports of this machine, plays a developer's story through it by real HTTPS requests, and",
    'prints what each step changed. Needs no cluster and leaves nothing behind.',
  ].join('\n'),
  examples: (program) => [`${program} demo`],
  run: async (_given, terminal) => {
    // Servers, certificates and metrics are loaded only for this command.
    const { playDemo } = await import('./play-demo.ts');
    return playDemo(terminal);
  },
});
