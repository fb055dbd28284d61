import { styleText } from 'node:util';
import { ClusterError } from '../kubernetes/cluster-error.ts';
import { sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, isObject, withoutValue } from '../openshift/json.ts';
import { annotations, labels } from '../openshift/keys.ts';
import { annotationOf } from '../openshift/metadata.ts';
import { hasOptInLabel } from '../policy/opt-in.ts';
import { rethrowAs } from './cluster-failure.ts';
import { CommandError } from './command-error.ts';
import { parseCommandLine, parseNamespace, parseObjectName } from './command-line.ts';
import { type OpenCluster, openCluster } from './open-cluster.ts';
import type { ProgramName } from './program-name.ts';
import { type Change, listChanges, renderChanges } from './render-changes.ts';
import { UsageError, exitCodes } from './usage.ts';

type Direction = 'enable' | 'disable';

export const enableHelp = (
  program: ProgramName,
  direction: Direction,
) => `Usage: ${program} ${direction} BUILDCONFIG… [options]

${
  direction === 'enable'
    ? `Opts BuildConfigs in: sets the label ${labels.enabled}=true. From the next Build on the webhook acts.`
    : `Opts BuildConfigs out: removes the label ${labels.enabled}. The webhook puts back what it had changed in them.`
}

  BUILDCONFIG            shop, bc/shop or buildconfig/shop
  -n, --namespace NAME   default: that of the kubeconfig's context
  --dry-run              store nothing; the server and the webhook answer, and what would change is shown
  --kubeconfig FILE      default: $KUBECONFIG, ~/.kube/config, the pod's own
  -h, --help             this text

Examples:
  ${program} ${direction} shop
  ${program} ${direction} bc/shop bc/api -n web --dry-run
`;

/** Opts BuildConfigs in. */
export function enable(args: readonly string[], environment: NodeJS.ProcessEnv, program: ProgramName): Promise<number> {
  return turn('enable', args, environment, program);
}

/** Opts BuildConfigs out. */
export function disable(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName,
): Promise<number> {
  return turn('disable', args, environment, program);
}

interface TurnArguments {
  readonly names: readonly string[];
  /** Undefined: the context's. */
  readonly namespace: string | undefined;
  readonly dryRun: boolean;
  readonly kubeconfig: string | undefined;
}

async function turn(
  direction: Direction,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName,
): Promise<number> {
  const options = parseTurnArguments(args);
  if (options === 'help') {
    process.stdout.write(enableHelp(program, direction));
    return exitCodes.ok;
  }
  const open = await openCluster(options.kubeconfig, environment);
  const namespace = options.namespace ?? open.namespace;
  let status: number = exitCodes.ok;
  for (const name of options.names) {
    try {
      const { text, advice } = await turnOne(open, { direction, namespace, name, dryRun: options.dryRun });
      process.stdout.write(text);
      if (advice !== undefined) process.stderr.write(`buildconfig/${name}: ${advice}\n`);
    } catch (error) {
      // What one BuildConfig is refused, another may not be.
      if (!(error instanceof CommandError) || !(error.cause === undefined || isOfOneObject(error.cause))) throw error;
      process.stderr.write(`s2i-incremental: buildconfig/${name}: ${error.message}\n`);
      status = exitCodes.failure;
    }
  }
  return status;
}

function isOfOneObject(cause: unknown): boolean {
  return cause instanceof ClusterError && cause.code !== 401;
}

interface Turn {
  readonly direction: Direction;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
}

interface Turned {
  /** Lines of what was done. */
  readonly text: string;
  /** What is not as it should be, though the label is as it was asked for. */
  readonly advice: string | undefined;
}

/** @throws CommandError */
async function turnOne({ server, get, request }: OpenCluster, turn: Turn): Promise<Turned> {
  const { direction, namespace, name, dryRun } = turn;
  const resource = 'buildconfigs' as const;
  const asked = { server, resource, namespace };
  const before = await get(resource, namespace, name).catch(rethrowAs({ ...asked, verb: 'get' }));
  if (before === undefined)
    throw new CommandError(`there is none in namespace ${namespace}; oc get bc -n ${namespace} lists them`);
  const isEnabled = hasOptInLabel(before);
  if (isEnabled === (direction === 'enable')) {
    return { text: `buildconfig/${name} is ${direction}d already\n`, advice: adviceOn(before, turn) };
  }
  if (direction === 'enable' && sourceStrategyOf(before) === undefined) {
    throw new CommandError(
      'it has no Source strategy, and only that can be built incrementally; its label was not set',
    );
  }
  const warnings: string[] = [];
  const path = `/apis/build.openshift.io/v1/namespaces/${encodeURIComponent(namespace)}/buildconfigs/${encodeURIComponent(name)}`;
  const answer = await request({
    method: 'PATCH',
    path,
    query: { fieldManager: 's2i-incremental', dryRun: dryRun ? 'All' : undefined },
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels: { [labels.enabled]: direction === 'enable' ? 'true' : null } } },
    onWarning: (warning) => warnings.push(warning),
  }).catch(rethrowAs({ ...asked, verb: 'patch' }));
  for (const warning of warnings) process.stderr.write(`Warning: buildconfig/${name}: ${warning}\n`);
  const after = isObject(answer) ? answer : {};
  // A webhook that warns of an origin it cannot read did answer, and leaves it there on purpose.
  const isExplained = warnings.some((warning) => warning.includes(annotations.origin));
  const advice = isExplained ? undefined : adviceOn(after, turn);
  if (!dryRun) return { text: `buildconfig/${name} ${direction}d\n`, advice };
  const colour = styleText('bold', 'x', { stream: process.stdout }) !== 'x';
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const changes = renderChanges(changesBetween(before, after), { colour, indent: '  ', width });
  return { text: `buildconfig/${name} would be ${direction}d; nothing was stored (dry run):\n${changes}`, advice };
}

/** The changes that count, without values of variables: the webhook's record of them has them, too. */
export function changesBetween(before: JsonObject, after: JsonObject): readonly Change[] {
  const bookkeeping = ['managedFields', 'resourceVersion', 'generation'] as const;
  const strip = (object: JsonObject) =>
    bookkeeping.reduce((stripped, key) => withoutValue(stripped, ['metadata', key]), object);
  return listChanges(strip(before), strip(after)).map((change) => {
    const word = change.path.includes(annotations.origin)
      ? '(a record of what was there before)'
      : change.path.includes('.env[')
        ? '(its value is not shown)'
        : undefined;
    if (word === undefined) return change;
    const { path, before: was, after: is } = change;
    return { path, before: was && word, after: is && word };
  });
}

/** Tells from the stored object whether the webhook acted, and if it did not, what to check. */
function adviceOn(stored: JsonObject, { direction, namespace, dryRun }: Turn): string | undefined {
  const hasOrigin = annotationOf(stored, annotations.origin) !== undefined;
  if (hasOrigin === (direction === 'enable')) return undefined;
  const check = `To check: is it registered (oc get mutatingwebhookconfigurations), does its registration cover namespace ${namespace}, is it ready (/readyz)?`;
  if (direction === 'enable') {
    const label = dryRun ? 'the label would be set' : 'the label is set';
    return `${label}, but the webhook did not answer: no annotation ${annotations.origin} was written. ${check} With buildConfig.mutate: false it writes none, and admits Builds all the same.`;
  }
  const label = dryRun ? 'the label would be gone' : 'the label is gone';
  return `${label}, so its Builds are OpenShift's own, but the webhook did not answer: the annotation ${annotations.origin} and what it records as applied are still there. ${check} Once it is, enable and disable it again.`;
}

function parseTurnArguments(args: readonly string[]): TurnArguments | 'help' {
  const { values, positionals } = parseCommandLine(args, {
    namespace: { type: 'string', short: 'n' },
    'dry-run': { type: 'boolean' },
    kubeconfig: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
  if (positionals.length === 0) throw new UsageError('no BuildConfig is named, as in shop or bc/shop');
  return {
    names: [...new Set(positionals.map((text) => parseObjectName('BuildConfig', text)))],
    namespace: parseNamespace(values.namespace),
    dryRun: values['dry-run'] === true,
    kubeconfig: values.kubeconfig,
  };
}
