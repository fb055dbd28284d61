import { createScriptCatalog } from '../assemble/catalog.ts';
import type { BuildConfigCheck, Fact, SecretFacts } from '../check/facts.ts';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/load-config.ts';
import { createMemoryHistory } from '../history/memory-history.ts';
import { buildConfigOf } from '../openshift/build.ts';
import { parseImageReference, registryOf } from '../openshift/image-reference.ts';
import { type JsonObject, isObject, stringAt } from '../openshift/json.ts';
import { openshiftKeys, userAnnotations } from '../openshift/keys.ts';
import { annotationOf, referencedName } from '../openshift/metadata.ts';
import { nextBuildOf, planNextBuild } from '../policy/next-build.ts';
import { hasOptInLabel, ownOptIn } from '../policy/opt-in.ts';
import { explainReason } from '../policy/reasons.ts';
import { withDelivery } from './assumed-delivery.ts';
import { chain, find } from './find.ts';
import type { OpenCluster } from './open-cluster.ts';

/** Holds the BuildConfig to check and what is known already. */
export interface BuildConfigRequest {
  readonly namespace: string;
  readonly name: string;
  readonly config: Fact<Config>;
  readonly readSecret: (secret: string, image: string) => Promise<Fact<boolean>>;
  readonly now: number;
}

/** Reads what is checked of one BuildConfig, and plans its next Build like the webhook. */
export async function readBuildConfigCheck(
  open: OpenCluster,
  { namespace, name, config, readSecret, now }: BuildConfigRequest,
): Promise<Fact<BuildConfigCheck & { readonly hosts: readonly string[] }>> {
  const read = await find(() => open.get('buildconfigs', namespace, name));
  const found = chain(read, (value) => (isObject(value) ? value : undefined));
  if (found.kind !== 'found') return found;
  const buildConfig = found.value;
  const selection = {
    resource: 'builds',
    namespace,
    labelSelector: `${openshiftKeys.buildConfigLabel}=${name.slice(0, 63)}`,
  } as const;
  const builds: JsonObject[] = [];
  const listed = await find(async () => {
    for await (const { items } of open.list(selection)) builds.push(...items);
  });
  if (listed.kind !== 'found') return listed;
  const settings = config.kind === 'found' ? config.value : withDelivery(parseConfig('', {}));
  const namespaceObject = await find(() => open.get('namespaces', namespace, namespace));
  const namespaceOptedIn =
    namespaceObject.kind === 'found' && isObject(namespaceObject.value) && hasOptInLabel(namespaceObject.value);

  // Objects in a saved list may lack their kind.
  const known = [buildConfig, ...builds].map((object): JsonObject => ({
    kind: object === buildConfig ? 'BuildConfig' : 'Build',
    ...object,
  }));
  const identity = buildConfigOf(nextBuildOf(buildConfig, undefined)) ?? { name, uid: '' };
  const history = await createMemoryHistory(() => known).read({ namespace, buildConfig: identity, build: '' });
  const { previous } = history;
  const plan = planNextBuild({
    build: nextBuildOf(buildConfig, previous?.baseImage),
    namespace: { name: namespace, optedIn: namespaceOptedIn, labels: {} },
    history,
    isProxied: false,
    config: settings,
    scriptsVersion: createScriptCatalog(settings.assemble.profiles).version,
    now,
  });
  const optedIn = ownOptIn(buildConfig) ?? namespaceOptedIn;
  const image = stringAt(buildConfig, 'spec', 'output', 'to', 'name') ?? '';
  const isImage = stringAt(buildConfig, 'spec', 'output', 'to', 'kind') === 'DockerImage';
  const pushSecret = referencedName(buildConfig, 'spec', 'output', 'pushSecret');
  const annotated = annotationOf(buildConfig, userAnnotations.pullSecret);
  const pullSecret =
    annotated ?? (settings.incremental.pullSecret === '' ? undefined : settings.incremental.pullSecret);
  const wanted = [
    ...(pushSecret === undefined || !isImage ? [] : [{ what: `push secret ${pushSecret}`, secret: pushSecret, image }]),
    ...(pullSecret === undefined || previous === undefined
      ? []
      : [{ what: `pull secret ${pullSecret}`, secret: pullSecret, image: previous.image }]),
  ];
  const secrets = await Promise.all(
    wanted.map(async ({ what, secret, image: of }): Promise<SecretFacts> => ({
      what,
      image: of,
      covers: await readSecret(secret, of),
    })),
  );
  const reference = isImage ? parseImageReference(image) : undefined;
  return {
    kind: 'found',
    value: {
      name,
      optedIn,
      secrets,
      previous: previous === undefined ? undefined : { build: previous.name, createdAt: previous.createdAt },
      next: !optedIn
        ? 'the next Build is unmodified'
        : plan.kind === 'mutate' && plan.decision === 'incremental'
          ? `the next Build is incremental: it continues from ${plan.previous.name}`
          : `the next Build is full, because ${explainReason(plan.reason)}`,
      isCertain: config.kind === 'found',
      hosts: reference === undefined ? [] : [registryOf(reference)],
    },
  };
}
