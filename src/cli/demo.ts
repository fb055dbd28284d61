import { styleText } from 'node:util';
import type { Admission } from '../admission/admit.ts';
import { createHistorySource } from '../admission/history-source.ts';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { createDevelopmentCertificate } from '../certificates/certificate-files.ts';
import { createFixedSource } from '../certificates/certificate-source.ts';
import { parseConfig } from '../config/load-config.ts';
import { DemoCluster } from '../demo/demo-cluster.ts';
import { demoConfig, shop, story } from '../demo/story.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createMemoryHistory } from '../history/memory-history.ts';
import { nameOf } from '../openshift/metadata.ts';
import { startWebhook } from '../server/webhook.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { hasColour } from './colour.ts';
import { describePlan } from './describe-plan.ts';
import { type Change, listChanges, renderChanges } from './render-changes.ts';
import { parseOptions } from './command-line.ts';
import { exitCodes } from './usage.ts';

export const demoHelp = `Usage: s2i-incremental demo

Starts a webhook on free ports of this machine, plays a developer's story through it by real HTTPS requests, and
prints what each step changed. Needs no cluster and leaves nothing behind.

  -h, --help   this text

Example:
  s2i-incremental demo
`;

/** The story's steps lie this far apart, in milliseconds, so that its timestamps read like a day's work. */
const stepLength = 11 * 60_000;

/** Plays the story; resolves with the exit status. */
export async function demo(args: readonly string[]): Promise<number> {
  if (parseOptions(args, { help: { type: 'boolean', short: 'h' } }).help === true) {
    process.stdout.write(demoHelp);
    return exitCodes.ok;
  }
  const started = Date.now();
  let now = started;
  let admission: Admission | undefined;
  const config = parseConfig(demoConfig, { ...process.env, S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0' });
  const certificate = await createDevelopmentCertificate(['localhost', '127.0.0.1'], started);
  const cluster: DemoCluster = new DemoCluster(() => ({ url: listener.url, ca: certificate.ca ?? '' }));
  const webhook = await startWebhook({
    config,
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    scriptsPort: 0,
    scripts: createScriptCatalog(config.assemble.profiles),
    certificate: createFixedSource(certificate),
    factSources: [createHistorySource(createMemoryHistory(() => cluster.objects()))],
    historyDetail: () => 'the demo',
    issuedTags: new IssuedTags(),
    clock: () => now,
    metrics: createMetrics(),
    onAdmission: (_request, answered) => (admission = answered),
  });
  const listener = await webhook.admission;
  const print = (text: string) => process.stdout.write(text);
  const colour = hasColour(process.stdout);
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  try {
    print(`A webhook is listening on ${listener.url}; every step below is a request to it.\n`);
    print(`Behind - is what was asked for, behind + what it became.\n`);
    cluster.store(shop);
    for (const [index, step] of story.entries()) {
      now = started + index * stepLength;
      const { before, after } = await step.run(cluster);
      print(`\n${paint('bold', `${index + 1}. ${step.title}`)}\n   $ ${step.command}\n\n`);
      print(
        `   ${paint('dim', `${String(after['kind']).toLowerCase()}/${nameOf(after)}`)}  ${admission === undefined ? '' : paint('bold', describePlan(admission.plan))}\n`,
      );
      print(
        renderChanges(shortChanges(listChanges(before, after)), {
          colour,
          indent: '     ',
          width: Math.min(process.stdout.columns || 110, 140),
        }),
      );
      print(`   ${step.remark}\n`);
    }
    print(`\nNobody edited the BuildConfig.\n`);
    return exitCodes.ok;
  } finally {
    await webhook.stop();
  }
}

/** The story's changes under names of a developer's daily use; of our annotations those that the sentence above does not tell. */
function shortChanges(changes: readonly Change[]): readonly Change[] {
  const ours = 'metadata.annotations.s2i-incremental.io/';
  return changes
    .filter(({ path }) => !path.startsWith(ours) || path === `${ours}chain-depth`)
    .map(({ path, ...change }) => ({
      ...change,
      path: path.replace(ours, '…/').replace('spec.strategy.sourceStrategy.', '').replace('spec.', ''),
    }));
}
