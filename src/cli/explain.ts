import { buildConfigOf } from '../openshift/build.ts';
import { type JsonObject, at } from '../openshift/json.ts';
import { explainBuild } from '../status/explain-build.ts';
import { rethrowAs } from './cluster-failure.ts';
import { type CommandLine, defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { kubeconfigOption, namespaceOption, parseNamespace, parseObjectName } from './object-arguments.ts';
import { type OpenCluster, openCluster } from './open-cluster.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

const options = { namespace: namespaceOption, kubeconfig: kubeconfigOption } as const;

/** Declares `explain`. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'explain why a Build is full or incremental',
  audience: 'developers',
  names: 'BUILD',
  namesHelp: 'shop-3 or build/shop-3',
  options,
  about: [
    'Explains a Build: whether it is full or incremental and why, its base image, output, added variables and place',
    'in its chain, and what the next Build will be. For an unmodified Build, it shows the possible causes. Values of',
    'variables are never shown.',
  ].join('\n'),
  examples: (program) => [`${program} explain shop-3`, `${program} explain build/shop-3 -n web`],
  run: explainOne,
});

async function explainOne({ values, names }: CommandLine<typeof options>, terminal: Terminal): Promise<number> {
  const [text, ...more] = names;
  if (text === undefined || more.length > 0)
    throw new UsageError('one Build must be named, as in shop-3 or build/shop-3');
  const name = parseObjectName('Build', text);
  const namespaceArgument = parseNamespace(values.namespace);
  const open = await openCluster(values.kubeconfig, terminal);
  const namespace = namespaceArgument ?? open.namespace;
  const build = await open
    .get('builds', namespace, name)
    .catch(rethrowAs({ server: open.server, verb: 'get', resource: 'builds', namespace }));
  if (build === undefined) {
    throw new CommandError(
      `there is no build/${name} in namespace ${namespace}; oc get builds -n ${namespace} lists those that are kept`,
    );
  }
  const buildConfig = await findBuildConfig(open, namespace, build);
  terminal.stdout.print(...explainBuild({ build, buildConfig, now: terminal.clock(), program: terminal.program }));
  return exitCodes.ok;
}

/**
 * Returns the Build's BuildConfig; undefined if it may not be read, was deleted, or was deleted and created again. The
 * Build is explained without it.
 */
async function findBuildConfig(
  { get }: OpenCluster,
  namespace: string,
  build: JsonObject,
): Promise<JsonObject | undefined> {
  const owner = buildConfigOf(build);
  if (owner === undefined) return undefined;
  const found = await get('buildconfigs', namespace, owner.name).catch(() => undefined);
  return found !== undefined && at(found, 'metadata', 'uid') === owner.uid ? found : undefined;
}
