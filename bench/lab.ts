import { fileURLToPath } from 'node:url';
import { type PinnedProcess, startPinned } from './load/pinned-process.ts';
import { type MeasuredServer, type Workshop, cores, startBare, startWebhookProcess } from './server/servers.ts';

/** Everything that is measured, and what measures it, running. */
export interface Lab {
  readonly generator: PinnedProcess;
  readonly apiServer: PinnedProcess;
  readonly bare: MeasuredServer;
  readonly webhook: MeasuredServer;
  /** The bare server, the webhook, and another bundle to compare it with. */
  readonly servers: readonly MeasuredServer[];
  readonly stop: () => Promise<void>;
}

/** As the chart configures it; everything else is the default. */
const configuration = `assemble: {baseUrl: "http://s2i-incremental-webhook.s2i-incremental.svc:8081/s2i"}\n`;

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Starts the load generator and an API server on the second core, the servers on the first. */
export async function startLab(
  workshop: Workshop,
  { against, profile }: { readonly against?: string | undefined; readonly profile?: string | undefined },
): Promise<Lab> {
  const started: PinnedProcess[] = [];
  const stop = async () => {
    await Promise.all(started.map((process) => process.stop()));
  };
  try {
    const generator = startPinned({ core: cores.load, args: [fileOf('./load/generator.ts')] });
    started.push(generator);
    const keyPair = [`${workshop.folder}/tls.crt`, `${workshop.folder}/tls.key`];
    const apiServer = startPinned({ core: cores.load, args: [fileOf('./server/api-server.ts'), ...keyPair] });
    started.push(apiServer);
    const port = (await apiServer.ask({ kind: 'port' })) as number;
    const startProgram = async (name: string, program: string) => {
      const server = await startWebhookProcess(workshop, { name, program, apiServer: port, configuration, profile });
      started.push(server.process);
      return server;
    };
    const bare = await startBare(workshop);
    started.push(bare.process);
    const webhook = await startProgram('webhook', workshop.program);
    const others = against === undefined ? [] : [await startProgram('against', against)];
    return { generator, apiServer, bare, webhook, servers: [bare, webhook, ...others], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
