import type { Resource, Selection } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels, openshiftKeys } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import { hasOptInLabel, optInSelector } from '../policy/opt-in.ts';
import { type BuildSummary, ownerKeyOf, summarizeBuild } from '../status/build-summary.ts';
import { isGone, rethrowAs } from './cluster-failure.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Progress } from './progress.ts';

type BuildResource = Exclude<Resource, 'namespaces'>;
type BuildSelection = Selection & { readonly resource: BuildResource };

/** Holds what a status is created from; Builds by the key of their BuildConfig. */
export interface StatusObjects {
  readonly buildConfigs: readonly JsonObject[];
  /** The names of BuildConfigs that do not exist. */
  readonly missing: readonly string[];
  readonly builds: ReadonlyMap<string, readonly BuildSummary[]>;
  /** The names of the namespaces, of those that were read, that opt in objects without the label. */
  readonly optedInNamespaces: ReadonlySet<string>;
}

/**
 * Reads the opted-in BuildConfigs and their Builds. Named BuildConfigs are read even if not opted in. In one opted-in
 * namespace all are read, and of all namespaces those without the label too in the opted-in ones.
 * @param namespace undefined: all
 * @param names of BuildConfigs; none: all that opted in
 * @throws CommandError
 */
export async function readStatusObjects(
  open: OpenCluster,
  namespace: string | undefined,
  names: readonly string[],
  progress: Progress,
): Promise<StatusObjects> {
  try {
    return await readAllOrNamed(open, namespace, names, progress);
  } finally {
    progress.clear();
  }
}

async function readAllOrNamed(
  open: OpenCluster,
  namespace: string | undefined,
  names: readonly string[],
  progress: Progress,
): Promise<StatusObjects> {
  const select = (resource: BuildResource, labelSelector: string, within = namespace): BuildSelection => ({
    resource,
    labelSelector,
    ...(within !== undefined && { namespace: within }),
  });
  const optedInNamespaces = await findOptedInNamespaces(open, namespace);
  // Objects opted in by namespace have no label to select them by.
  const optedIn = namespace !== undefined && optedInNamespaces.has(namespace) ? [] : [optInSelector];
  const readBuilds = (labelSelector: string, within?: string) =>
    readAll(
      open,
      select('builds', labelSelector, within),
      progress,
      (build) => [ownerKeyOf(build), summarizeBuild(build)] as const,
    );
  const readBoth = (labelSelector: string, within?: string) =>
    Promise.all([
      readAll(open, select('buildconfigs', labelSelector, within), progress, (buildConfig) => buildConfig),
      readBuilds(labelSelector, within),
    ]);
  if (namespace === undefined || names.length === 0) {
    const read = [await readBoth(optedIn.join(','))];
    if (namespace === undefined) {
      for (const within of optedInNamespaces) read.push(await readBoth(`!${labels.enabled}`, within));
    }
    return {
      buildConfigs: read.flatMap(([buildConfigs]) => buildConfigs),
      missing: [],
      builds: groupBuilds(read.flatMap(([, builds]) => builds)),
      optedInNamespaces,
    };
  }
  const found = await Promise.all(
    names.map((name) =>
      open
        .get('buildconfigs', namespace, name)
        .catch(rethrowAs({ server: open.server, verb: 'get', resource: 'buildconfigs', namespace })),
    ),
  );
  // OpenShift cuts the label's value; the owner's uid then tells whose Build it is.
  const selectors = new Set(
    names.map((name) => [...optedIn, `${openshiftKeys.buildConfigLabel}=${name.slice(0, 63)}`].join(',')),
  );
  const builds = await Promise.all([...selectors].map((selector) => readBuilds(selector)));
  return {
    buildConfigs: found.filter((buildConfig) => buildConfig !== undefined),
    missing: names.filter((_, index) => found[index] === undefined),
    builds: groupBuilds(builds.flat()),
    optedInNamespaces,
  };
}

/**
 * Returns which namespaces have the label, of one or of all; none if they may not be read, then only the BuildConfigs'
 * labels count.
 */
async function findOptedInNamespaces(
  { get, list }: OpenCluster,
  namespace: string | undefined,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  try {
    if (namespace === undefined) {
      for await (const { items } of list({ resource: 'namespaces', labelSelector: optInSelector })) {
        for (const item of items) found.add(nameOf(item));
      }
    } else if (hasOptInLabel((await get('namespaces', namespace, namespace)) ?? {})) found.add(namespace);
  } catch {
    return new Set();
  }
  return found;
}

/**
 * Reads all objects of a selection, reducing each at once. If the list expires, it is read again, once.
 * @throws CommandError
 */
async function readAll<T>(
  { list, server }: OpenCluster,
  selection: BuildSelection,
  progress: Progress,
  fold: (object: JsonObject) => T,
): Promise<readonly T[]> {
  const read = async () => {
    const all: T[] = [];
    for await (const { items } of list(selection)) {
      all.push(...items.map(fold));
      progress.add(items.length);
    }
    return all;
  };
  const { resource, namespace } = selection;
  return read()
    .catch((error: unknown) => {
      if (isGone(error)) return read();
      throw error;
    })
    .catch(rethrowAs({ server, verb: 'list', resource, namespace }));
}

function groupBuilds(
  builds: readonly (readonly [key: string | undefined, build: BuildSummary])[],
): ReadonlyMap<string, readonly BuildSummary[]> {
  const groups = new Map<string, BuildSummary[]>();
  for (const [key, build] of builds) {
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [build]);
    else group.push(build);
  }
  return groups;
}
