import { styleText } from 'node:util';
import { loadConfig } from '../config/load-config.ts';
import { labels } from '../openshift/keys.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import { hasOptInLabel } from '../policy/opt-in.ts';
import { createStatus } from '../status/build-config-status.ts';
import { buildConfigKeyOf } from '../status/build-summary.ts';
import { parseCommandLine, parseNamespace, parseObjectName } from './command-line.ts';
import { openCluster } from './open-cluster.ts';
import type { ProgramName } from './program-name.ts';
import { createProgress } from './progress.ts';
import { readStatusObjects } from './read-status.ts';
import { renderStatusTable } from './status-table.ts';
import type { Paint } from './table.ts';
import { UsageError, exitCodes } from './usage.ts';

export const statusHelp = (program: ProgramName) => `Usage: ${program} status [NAME…] [options]

Shows where the opted-in BuildConfigs stand: their newest Build and why it was built in full or incrementally, where that
is in its chain, the image that the next Build can continue from, and what the incremental Builds saved.

  NAME                   only these BuildConfigs: shop, bc/shop or buildconfig/shop
  -n, --namespace NAME   default: that of the kubeconfig's context
  -A, --all-namespaces   of all namespaces
  --config FILE          the webhook's configuration, to show how long a chain may become (CHAIN 3/20)
  --kubeconfig FILE      default: $KUBECONFIG, ~/.kube/config, the pod's own
  -o, --output FORMAT    table (default) or json, which has more and whole values
  -h, --help             this text

LAST is followed by the Build's phase unless it is Complete. SAVED counts the Builds that still exist: what each
incremental one took less than the full one at the start of its chain.

Examples:
  ${program} status
  ${program} status bc/shop -n web
  ${program} status -A -o json
`;

interface StatusArguments {
  readonly names: readonly string[];
  /** Undefined: the context's. */
  readonly namespace: string | undefined;
  readonly allNamespaces: boolean;
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly output: 'table' | 'json';
}

/** Prints a row for each opted-in BuildConfig. */
export async function status(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName,
): Promise<number> {
  const options = parseStatusArguments(args);
  if (options === 'help') {
    process.stdout.write(statusHelp(program));
    return exitCodes.ok;
  }
  const limit = options.config === undefined ? undefined : loadConfig(options.config, environment).incremental.maxDepth;
  const open = await openCluster(options.kubeconfig, environment);
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? open.namespace);
  const progress = createProgress(process.stderr, 'reading BuildConfigs and Builds', Date.now);
  const { buildConfigs, missing, builds } = await readStatusObjects(open, namespace, options.names, progress);

  const tell = (text: string) => process.stderr.write(`${text}\n`);
  for (const name of missing) tell(`s2i-incremental: there is no buildconfig/${name} in namespace ${namespace ?? ''}`);
  const optedIn = buildConfigs.filter((buildConfig) => hasOptInLabel(buildConfig));
  for (const buildConfig of buildConfigs.filter((buildConfig) => !optedIn.includes(buildConfig))) {
    const target = `${nameOf(buildConfig)} -n ${namespaceOf(buildConfig)}`;
    tell(`buildconfig/${nameOf(buildConfig)} has not opted in; to opt in: ${program} enable ${target}`);
  }
  if (options.names.length === 0 && optedIn.length === 0) {
    const where = namespace === undefined ? 'in any namespace' : `in namespace ${namespace}`;
    const target = `NAME -n ${namespace ?? 'NAMESPACE'}`;
    tell(
      `No BuildConfig ${where} has opted in. To opt one in: ${program} enable ${target} (it sets the label ${labels.enabled}=true)`,
    );
  }
  const rows = optedIn.map((buildConfig) =>
    createStatus(buildConfig, builds.get(buildConfigKeyOf(buildConfig)) ?? [], limit),
  );
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify({ items: rows }, undefined, 2)}\n`);
  } else if (rows.length > 0) {
    // A terminal that does not know its width says 0.
    const width = (process.stdout.isTTY && process.stdout.columns) || Number.POSITIVE_INFINITY;
    const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
    process.stdout.write(renderStatusTable(rows, { withNamespace: namespace === undefined, width, paint }));
  }
  return missing.length === 0 ? exitCodes.ok : exitCodes.failure;
}

function parseStatusArguments(args: readonly string[]): StatusArguments | 'help' {
  const { values, positionals } = parseCommandLine(args, {
    namespace: { type: 'string', short: 'n' },
    'all-namespaces': { type: 'boolean', short: 'A' },
    config: { type: 'string' },
    kubeconfig: { type: 'string' },
    output: { type: 'string', short: 'o' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
  const { config, kubeconfig, output = 'table' } = values;
  const namespace = parseNamespace(values.namespace);
  const allNamespaces = values['all-namespaces'] === true;
  if (allNamespaces && namespace !== undefined) throw new UsageError('-A and -n exclude each other');
  if (allNamespaces && positionals.length > 0) throw new UsageError('-A and names exclude each other; use -n');
  if (output !== 'table' && output !== 'json') {
    throw new UsageError(`-o must be table or json; is ${JSON.stringify(output)}`);
  }
  const names = [...new Set(positionals.map((text) => parseObjectName('BuildConfig', text)))];
  return { names, namespace, allNamespaces, config, kubeconfig, output };
}
