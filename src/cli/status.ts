import type { Config } from '../config/config.ts';
import { loadConfig, parseConfig } from '../config/load-config.ts';
import { sourceStrategyOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import { resolveFeatures } from '../policy/features.ts';
import { ownOptIn } from '../policy/opt-in.ts';
import { wrapperWarnings } from '../policy/plan-build-config.ts';
import { type BuildConfigStatus, createStatus } from '../status/build-config-status.ts';
import { buildConfigKeyOf } from '../status/build-summary.ts';
import { escapeControls } from '../telemetry/show-controls.ts';
import { withDelivery } from './assumed-delivery.ts';
import { type CommandLine, defineCommand } from './command.ts';
import { kubeconfigOption, namespaceOption, parseNamespace, parseObjectName } from './object-arguments.ts';
import { openCluster } from './open-cluster.ts';
import { createProgress } from './progress.ts';
import { readStatusObjects } from './read-status.ts';
import { renderStatusTable } from './status-table.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

const options = {
  namespace: namespaceOption,
  'all-namespaces': { type: 'boolean', short: 'A', help: 'of all namespaces' },
  config: {
    type: 'string',
    value: 'FILE',
    help: "the webhook's configuration, for the limit of chains (CHAIN 3/20) and a warning without wrapper",
  },
  kubeconfig: kubeconfigOption,
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['table', 'wide', 'json'],
    help: `table (default), as wide as the terminal; wide: nothing is cut; json: all data`,
  },
} as const;

/** Declares `status`. */
export const status = defineCommand({
  name: 'status',
  summary: 'show opted-in BuildConfigs: last Build, chain and time saved',
  audience: 'developers',
  names: '[NAME…]',
  namesHelp: 'only these BuildConfigs: shop, bc/shop or buildconfig/shop',
  options,
  about: [
    'Shows the opted-in BuildConfigs: their newest Build, why it is full or incremental, its place in its chain, the',
    'image that the next Build can continue from, and the time that incremental Builds saved.',
  ].join('\n'),
  notes: [
    'It warns if every build of a BuildConfig will be full because of its settings.',
    "LAST is followed by the Build's phase unless it is Complete. SAVED is the time that the incremental Builds saved",
    'that still exist: each is compared with the full build of its chain, and a slower one counts as 0.',
  ].join('\n'),
  examples: (program) => [`${program} status`, `${program} status bc/shop -n web`, `${program} status -A -o wide`],
  run: showStatus,
});

async function showStatus(commandLine: CommandLine<typeof options>, terminal: Terminal): Promise<number> {
  const { stdout, stderr, environment, program, clock } = terminal;
  const { config: file, kubeconfig, output } = commandLine.values;
  const { names, namespaceArgument, allNamespaces } = readTarget(commandLine);
  const config = file === undefined ? undefined : loadConfig(file, environment);
  const open = await openCluster(kubeconfig, terminal);
  const namespace = allNamespaces ? undefined : (namespaceArgument ?? open.namespace);
  const progress = createProgress(stderr, 'reading BuildConfigs and Builds', clock);
  const read = await readStatusObjects(open, namespace, names, progress);
  const { missing, builds, optedInNamespaces } = read;
  const isOptedIn = (buildConfig: JsonObject) =>
    ownOptIn(buildConfig) ??
    (optedInNamespaces.has(namespaceOf(buildConfig)) && sourceStrategyOf(buildConfig) !== undefined);

  for (const name of missing) {
    stderr.print(`s2i-incremental: there is no buildconfig/${name} in namespace ${namespace ?? ''}`);
  }
  const optedIn = read.buildConfigs.filter(isOptedIn);
  // In an opted-in namespace all were read, so only those that were named count.
  const others = names.length === 0 ? [] : read.buildConfigs.filter((buildConfig) => !optedIn.includes(buildConfig));
  for (const buildConfig of others) {
    const target = `${nameOf(buildConfig)} -n ${namespaceOf(buildConfig)}`;
    stderr.print(`buildconfig/${nameOf(buildConfig)} has not opted in; to opt in: ${program} enable ${target}`);
  }
  if (names.length === 0 && optedIn.length === 0) {
    const where = namespace === undefined ? 'in any namespace' : `in namespace ${namespace}`;
    const target = `NAME -n ${namespace ?? 'NAMESPACE'}`;
    stderr.print(
      `No BuildConfig ${where} has opted in. ` +
        `To opt one in: ${program} enable ${target} (it sets the label ${labels.enabled}=true)`,
    );
  }
  const rows = optedIn.map((buildConfig) =>
    createStatus(buildConfig, builds.get(buildConfigKeyOf(buildConfig)) ?? [], config?.incremental.maxDepth),
  );
  if (output === 'json') stdout.write(`${escapeControls(JSON.stringify({ items: rows }, undefined, 2))}\n`);
  else if (rows.length > 0) {
    const table = renderStatusTable(rows, {
      withNamespace: namespace === undefined,
      width: output === 'wide' ? Number.POSITIVE_INFINITY : stdout.width,
    });
    for (const line of table) stdout.print(line);
    // Without the webhook's configuration, only what blocks the wrapper in a BuildConfig itself is known.
    const delivery = config ?? withDelivery(parseConfig('', {}));
    for (const [index, buildConfig] of optedIn.entries()) {
      const where = namespace === undefined ? ` in namespace ${namespaceOf(buildConfig)}` : '';
      for (const text of warningsOf(buildConfig, rows[index]?.last ?? null, delivery)) {
        stderr.print(`Warning: buildconfig/${nameOf(buildConfig)}${where}: ${text}`);
      }
    }
  }
  return missing.length === 0 ? exitCodes.ok : exitCodes.failure;
}

/** Returns a warning if every build will be full; none if the newest Build got past that, as with `wrapper: false`. */
function warningsOf(buildConfig: JsonObject, last: BuildConfigStatus['last'], config: Config): readonly string[] {
  if (last !== null && last.decision !== null && last.reason !== 'wrapper_unavailable') return [];
  const namespace = { name: namespaceOf(buildConfig), optedIn: false, labels: {} };
  const features = resolveFeatures(buildConfig, namespace, config);
  return wrapperWarnings(buildConfig, features, config);
}

/** @throws UsageError if names or namespaces are invalid or exclude each other */
function readTarget({ values, names }: CommandLine<typeof options>) {
  const namespaceArgument = parseNamespace(values.namespace);
  const allNamespaces = values['all-namespaces'] === true;
  if (allNamespaces && namespaceArgument !== undefined) throw new UsageError('-A and -n exclude each other');
  if (allNamespaces && names.length > 0) throw new UsageError('-A and names exclude each other; use -n');
  const unique = [...new Set(names.map((text) => parseObjectName('BuildConfig', text)))];
  return { names: unique, namespaceArgument, allNamespaces };
}
