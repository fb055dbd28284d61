import { ClusterError } from '../kubernetes/cluster-error.ts';
import { sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, isObject, withoutValue } from '../openshift/json.ts';
import { annotations, labels } from '../openshift/keys.ts';
import { annotationOf, labelOf } from '../openshift/metadata.ts';
import { decodeBuildConfigOrigin } from '../policy/build-config-origin.ts';
import { rethrowAs } from './cluster-failure.ts';
import { type CommandLine, defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { kubeconfigOption, namespaceOption, parseNamespace, parseObjectName } from './object-arguments.ts';
import { type OpenCluster, openCluster } from './open-cluster.ts';
import { type Change, listChanges, renderChanges } from './render-changes.ts';
import type { Terminal, Text } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

type Direction = 'enable' | 'disable';

const options = {
  namespace: namespaceOption,
  'dry-run': {
    type: 'boolean',
    help: 'store nothing; show what would change',
  },
  kubeconfig: kubeconfigOption,
} as const;

/** Declares `enable`. */
export const enable = defineLabelCommand(
  'enable',
  'opt BuildConfigs in',
  `Opts BuildConfigs in: sets the label ${labels.enabled}=true. The webhook then changes each new Build.`,
);

/** Declares `disable`. */
export const disable = defineLabelCommand(
  'disable',
  'opt BuildConfigs out',
  `Opts BuildConfigs out: removes the label ${labels.enabled}. The webhook restores their original settings.`,
);

function defineLabelCommand(direction: Direction, summary: string, about: string) {
  return defineCommand({
    name: direction,
    summary,
    audience: 'developers',
    names: 'BUILDCONFIG…',
    namesHelp: 'shop, bc/shop or buildconfig/shop',
    options,
    about,
    examples: (program) => [`${program} ${direction} shop`, `${program} ${direction} bc/shop bc/api -n web --dry-run`],
    run: (commandLine, terminal) => changeLabels(direction, commandLine, terminal),
  });
}

async function changeLabels(
  direction: Direction,
  { values, names: texts }: CommandLine<typeof options>,
  terminal: Terminal,
): Promise<number> {
  if (texts.length === 0) throw new UsageError('no BuildConfig is named, as in shop or bc/shop');
  const names = new Set(texts.map((text) => parseObjectName('BuildConfig', text)));
  const namespaceArgument = parseNamespace(values.namespace);
  const open = await openCluster(values.kubeconfig, terminal);
  const namespace = namespaceArgument ?? open.namespace;
  let status: number = exitCodes.ok;
  for (const name of names) {
    try {
      const change = { direction, namespace, name, dryRun: values['dry-run'] === true };
      const { lines, advice } = await changeLabel(open, change, terminal);
      terminal.stdout.print(...lines);
      if (advice !== undefined) terminal.stderr.print(`buildconfig/${name}: ${advice}`);
    } catch (error) {
      // An error about one BuildConfig may not apply to the next.
      if (!(error instanceof CommandError) || !(error.cause === undefined || isOfOneObject(error.cause))) throw error;
      terminal.stderr.print(`s2i-incremental: buildconfig/${name}: ${error.message}`);
      status = exitCodes.failure;
    }
  }
  return status;
}

function isOfOneObject(cause: unknown): boolean {
  return cause instanceof ClusterError && cause.code !== 401;
}

interface LabelChange {
  readonly direction: Direction;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
}

interface LabelChangeResult {
  /** What was done. */
  readonly lines: readonly Text[];
  /** What is wrong although the label is set as requested. */
  readonly advice: string | undefined;
}

/** @throws CommandError */
async function changeLabel(
  { server, get, request }: OpenCluster,
  change: LabelChange,
  terminal: Terminal,
): Promise<LabelChangeResult> {
  const { direction, namespace, name, dryRun } = change;
  const resource = 'buildconfigs' as const;
  const target = { server, resource, namespace };
  const before = await get(resource, namespace, name).catch(rethrowAs({ ...target, verb: 'get' }));
  if (before === undefined)
    throw new CommandError(`there is none in namespace ${namespace}; oc get bc -n ${namespace} lists them`);
  const isEnabled = labelOf(before, labels.enabled) === 'true';
  if (isEnabled === (direction === 'enable')) {
    return {
      lines: [`buildconfig/${name} is ${direction}d already`],
      advice: adviceOn(before, change, terminal.program),
    };
  }
  if (direction === 'enable' && sourceStrategyOf(before) === undefined) {
    throw new CommandError(
      'it has no Source strategy, and only Builds with it can be incremental; its label was not set',
    );
  }
  const inNamespace = `/apis/build.openshift.io/v1/namespaces/${encodeURIComponent(namespace)}`;
  const answer = await request({
    method: 'PATCH',
    path: `${inNamespace}/buildconfigs/${encodeURIComponent(name)}`,
    query: { fieldManager: 's2i-incremental', dryRun: dryRun ? 'All' : undefined },
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels: { [labels.enabled]: direction === 'enable' ? 'true' : null } } },
    onWarning: (warning) => terminal.stderr.print(`Warning: buildconfig/${name}: ${warning}`),
  }).catch(rethrowAs({ ...target, verb: 'patch' }));
  const after = isObject(answer) ? answer : {};
  const advice = adviceOn(after, change, terminal.program);
  if (!dryRun) return { lines: [`buildconfig/${name} ${direction}d`], advice };
  const changes = renderChanges(changesBetween(before, after), { indent: '  ', width: terminal.stdout.width });
  return {
    lines: [`buildconfig/${name} would be ${direction}d; nothing was stored (dry run):`, ...changes],
    advice,
  };
}

/** Returns the changes without bookkeeping and without values of variables, which the webhook's record contains too. */
export function changesBetween(before: JsonObject, after: JsonObject): readonly Change[] {
  const bookkeeping = ['managedFields', 'resourceVersion', 'generation'] as const;
  const strip = (object: JsonObject) =>
    bookkeeping.reduce((stripped, key) => withoutValue(stripped, ['metadata', key]), object);
  return listChanges(strip(before), strip(after)).map((change) => {
    const word = change.path.includes(annotations.origin)
      ? '(a record of the original settings)'
      : change.path.includes('.env[')
        ? '(its value is not shown)'
        : undefined;
    if (word === undefined) return change;
    const { path, before: was, after: is } = change;
    return { path, before: was && word, after: is && word };
  });
}

/** Returns what to check if the stored object shows that the webhook did not act; otherwise undefined. */
function adviceOn(
  stored: JsonObject,
  { direction, namespace, dryRun }: LabelChange,
  program: string,
): string | undefined {
  const origin = annotationOf(stored, annotations.origin);
  if ((origin !== undefined) === (direction === 'enable')) return undefined;
  const check = `To find the cause: ${program} check -n ${namespace}.`;
  if (origin === undefined) {
    const label = dryRun ? 'the label would be set' : 'the label is set';
    return (
      `${label}, but the webhook did not act: no annotation ${annotations.origin} was written. ${check} ` +
      'If its configuration has buildConfig.mutate: false, all is well: it then changes only Builds.'
    );
  }
  // The webhook keeps an unreadable record on purpose, and warns about it itself.
  if (decodeBuildConfigOrigin(origin) === undefined) return undefined;
  const label = dryRun ? 'the label would be removed' : 'the label is removed';
  return (
    `${label}, so its next Builds are unmodified. But the webhook did not act: the annotation ${annotations.origin} ` +
    `and what the webhook had changed are still there. ${check} When the webhook works again, enable and disable the ` +
    'BuildConfig once more.'
  );
}
