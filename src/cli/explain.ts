import { buildConfigOf } from '../openshift/build.ts';
import { type JsonObject, at } from '../openshift/json.ts';
import { explainBuild } from '../status/explain-build.ts';
import { rethrowAs } from './cluster-failure.ts';
import { CommandError } from './command-error.ts';
import { parseCommandLine, parseNamespace, parseObjectName } from './command-line.ts';
import { type OpenCluster, openCluster } from './open-cluster.ts';
import type { ProgramName } from './program-name.ts';
import { UsageError, exitCodes } from './usage.ts';

export const explainHelp = (program: ProgramName) => `Usage: ${program} explain BUILD [options]

Tells in sentences why a Build is what it is: full or incremental and for what reason, what it starts from, where it is
pushed, what was added to it, where it is in its chain, and what the next one will be. Of a Build that the webhook did
not admit: why that may be. Values of variables are never shown.

  BUILD                  shop-3 or build/shop-3
  -n, --namespace NAME   default: that of the kubeconfig's context
  --kubeconfig FILE      default: $KUBECONFIG, ~/.kube/config, the pod's own
  -h, --help             this text

Examples:
  ${program} explain shop-3
  ${program} explain build/shop-3 -n web
`;

/** Prints why a Build is what it is. */
export async function explain(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  program: ProgramName,
): Promise<number> {
  const { values, positionals } = parseCommandLine(args, {
    namespace: { type: 'string', short: 'n' },
    kubeconfig: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) {
    process.stdout.write(explainHelp(program));
    return exitCodes.ok;
  }
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0)
    throw new UsageError('one Build must be named, as in shop-3 or build/shop-3');
  const name = parseObjectName('Build', text);
  const givenNamespace = parseNamespace(values.namespace);
  const open = await openCluster(values.kubeconfig, environment);
  const namespace = givenNamespace ?? open.namespace;
  const build = await open
    .get('builds', namespace, name)
    .catch(rethrowAs({ server: open.server, verb: 'get', resource: 'builds', namespace }));
  if (build === undefined) {
    throw new CommandError(
      `there is no build/${name} in namespace ${namespace}; oc get builds -n ${namespace} lists those that are kept`,
    );
  }
  const buildConfig = await findBuildConfig(open, namespace, build);
  const sentences = explainBuild({ build, buildConfig, now: Date.now() });
  process.stdout.write(sentences.map((sentence) => `${sentence}\n`).join(''));
  return exitCodes.ok;
}

/** The Build's BuildConfig as it is now; undefined where it is gone, was made anew, or may not be read: that is no reason to say nothing. */
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
