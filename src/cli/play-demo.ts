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
import { describePlan } from './describe-plan.ts';
import { type Change, listChanges, renderChanges } from './render-changes.ts';
import type { Terminal } from './terminal.ts';
import { exitCodes } from './usage.ts';

/** Milliseconds between the steps of the story, so that its timestamps look realistic. */
const stepLength = 11 * 60_000;

/** Plays the story; resolves with the exit status. */
export async function playDemo(terminal: Terminal): Promise<number> {
  const started = terminal.clock();
  let now = started;
  let admission: Admission | undefined;
  const config = parseConfig(demoConfig, { ...terminal.environment, S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0' });
  const certificate = await createDevelopmentCertificate(['localhost', '127.0.0.1'], started);
  const cluster: DemoCluster = new DemoCluster(() => ({ url: listener.url, ca: certificate.ca ?? '' }));
  const webhook = await startWebhook({
    config,
    version: terminal.version,
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    scriptsPort: 0,
    scripts: createScriptCatalog(config.assemble.profiles),
    certificate: createFixedSource(certificate),
    factSources: [createHistorySource(createMemoryHistory(() => cluster.objects()))],
    historyDetail: () => 'the demo',
    wrapperDetail: () => 'the demo',
    issuedTags: new IssuedTags(),
    clock: () => now,
    metrics: createMetrics(),
    onAdmission: (_request, answered) => (admission = answered),
  });
  const listener = await webhook.admission;
  const { stdout } = terminal;
  const width = Math.min(Number.isFinite(stdout.width) ? stdout.width : 120, 140);
  try {
    stdout.print(
      `A webhook is listening on ${listener.url}; every step below is a request to it.`,
      'Lines with - show the object as submitted, lines with + after admission. …/ stands for s2i-incremental.io/.',
    );
    cluster.store(shop);
    for (const [index, step] of story.entries()) {
      now = started + index * stepLength;
      const { before, after } = await step.run(cluster);
      const sentence = admission === undefined ? '' : describePlan(admission.plan);
      stdout.print(
        '',
        { style: 'bold', text: `${index + 1}. ${step.title}` },
        `   $ ${step.command}`,
        '',
        [
          '   ',
          { style: 'dim', text: `${String(after['kind']).toLowerCase()}/${nameOf(after)}` },
          '  ',
          { style: 'bold', text: sentence },
        ],
        ...renderChanges(shortChanges(listChanges(before, after)), { indent: '     ', width }),
        ...step.remark.split('\n').map((line) => `   ${line}`),
      );
    }
    stdout.print('', 'The developer only set and removed one label.');
    return exitCodes.ok;
  } finally {
    await webhook.stop();
  }
}

/** Returns the changes of the story with short paths, without annotations that the sentence above already tells. */
function shortChanges(changes: readonly Change[]): readonly Change[] {
  const ours = 'metadata.annotations.s2i-incremental.io/';
  return changes
    .filter(({ path }) => !path.startsWith(ours) || path === `${ours}chain-depth`)
    .map(({ path, ...change }) => ({
      ...change,
      path: path.replace(ours, '…/').replace('spec.strategy.sourceStrategy.', '').replace('spec.', ''),
    }));
}
