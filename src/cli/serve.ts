import { defineCommand } from './command.ts';
import { readServeArguments, serveOptions } from './serve-arguments.ts';

/** Declares `serve`. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'run the webhook',
  audience: 'operators',
  options: serveOptions,
  about: 'Runs the webhook: POST /mutate over HTTPS, probes and metrics over HTTP.',
  examples: (program) => [`${program} serve --standalone`, `${program} serve --config config.yaml --cert-dir /certs`],
  run: async ({ values }, terminal) => {
    const options = readServeArguments(values);
    // Servers, certificates and metrics are loaded only for this command.
    const { runWebhook } = await import('./run-webhook.ts');
    return runWebhook(options, terminal);
  },
});
