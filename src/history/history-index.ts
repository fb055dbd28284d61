import { type BuildConfigIdentity, buildConfigOf } from '../openshift/build.ts';
import { type JsonObject, at, equalJson, stringAt } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts, BuildConfigHistory, PreviousBuild } from '../policy/facts.ts';
import { type BuildRecord, buildConfigFactsOf, buildRecordOf } from './build-record.ts';

/** What is asked of a history. */
export interface HistoryLookup {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The Build that asks; it is no part of its own past. */
  readonly build: string;
}

/** A BuildConfig as it was last seen. */
interface KnownBuildConfig {
  readonly uid: string;
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
}

/** The Builds of one BuildConfig. */
interface Entry {
  readonly key: string;
  readonly records: Map<string, BuildRecord>;
}

/**
 * Opted-in Builds and BuildConfigs folded into what decisions need of them, one object after another and in any order.
 * The objects themselves are not kept. No I/O: whoever reads objects, from a list, a watch or a file, puts them here.
 */
export class HistoryIndex {
  /** By namespace, then by the Build's name: which entry its record is in. */
  readonly #builds = new Map<string, Map<string, Entry>>();
  /** By namespace, uid and whole name of the BuildConfig. */
  readonly #entries = new Map<string, Entry>();
  /** By namespace and name. */
  readonly #buildConfigs = new Map<string, KnownBuildConfig>();

  /** How many BuildConfigs have Builds here. */
  get buildConfigCount(): number {
    return this.#entries.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes its record away. */
  setBuild(build: JsonObject): void {
    const namespace = namespaceOf(build);
    const record = buildRecordOf(build);
    const owner = buildConfigOf(build);
    const key = record === undefined || owner === undefined ? undefined : keyOf(namespace, owner);
    // Its owner or its label may have been edited since it was put in.
    if (key !== this.#builds.get(namespace)?.get(nameOf(build))?.key) this.removeBuild(build);
    if (record === undefined || key === undefined) return;
    const entry = this.#entries.get(key) ?? { key, records: new Map<string, BuildRecord>() };
    const builds = this.#builds.get(namespace) ?? new Map<string, Entry>();
    entry.records.set(record.name, sharing(record, entry.records.values()));
    this.#entries.set(key, entry);
    builds.set(record.name, entry);
    this.#builds.set(namespace, builds);
  }

  removeBuild(build: JsonObject): void {
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const builds = this.#builds.get(namespace);
    const entry = builds?.get(name);
    if (builds === undefined || entry === undefined) return;
    entry.records.delete(name);
    builds.delete(name);
    if (entry.records.size === 0) this.#entries.delete(entry.key);
    if (builds.size === 0) this.#builds.delete(namespace);
  }

  setBuildConfig(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    this.#buildConfigs.set(`${namespaceOf(buildConfig)}/${nameOf(buildConfig)}`, {
      uid: stringAt(buildConfig, 'metadata', 'uid') ?? '',
      lastVersion: typeof lastVersion === 'number' ? lastVersion : 0,
      facts: buildConfigFactsOf(buildConfig),
    });
  }

  removeBuildConfig(buildConfig: JsonObject): void {
    this.#buildConfigs.delete(`${namespaceOf(buildConfig)}/${nameOf(buildConfig)}`);
  }

  /** The last Build number that the BuildConfig is known to have given out; undefined where it is not known by that uid. */
  lastVersionOf({ namespace, buildConfig }: Pick<HistoryLookup, 'namespace' | 'buildConfig'>): number | undefined {
    const known = this.#buildConfigs.get(`${namespace}/${buildConfig.name}`);
    return known?.uid === buildConfig.uid ? known.lastVersion : undefined;
  }

  /** What the earlier Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig, build }: HistoryLookup): BuildConfigHistory {
    const known = this.#buildConfigs.get(`${namespace}/${buildConfig.name}`);
    const references = new Set<string>();
    let hasBuilds = false;
    let previous: PreviousBuild | undefined;
    for (const record of this.#entries.get(keyOf(namespace, buildConfig))?.records.values() ?? []) {
      if (record.name === build) continue;
      hasBuilds = true;
      if (record.reference !== undefined) references.add(record.reference);
      if (record.previous !== undefined && (previous === undefined || isNewer(record.previous, previous))) {
        previous = record.previous;
      }
    }
    return { buildConfig: known?.uid === buildConfig.uid ? known.facts : undefined, hasBuilds, previous, references };
  }
}

/** The higher number; of two equal ones (someone edited an annotation) the greater name, so that the order of events does not decide. */
function isNewer(candidate: PreviousBuild, than: PreviousBuild): boolean {
  return candidate.number === than.number ? candidate.name > than.name : candidate.number > than.number;
}

function keyOf(namespace: string, { uid, name }: BuildConfigIdentity): string {
  return `${namespace}/${uid}/${name}`;
}

function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

/** The record with what it says the same as another one in that one's memory: Builds of one BuildConfig mostly do. */
function sharing(record: BuildRecord, siblings: Iterable<BuildRecord>): BuildRecord {
  const { previous } = record;
  if (previous === undefined) return record;
  for (const { previous: sibling } of siblings) {
    if (sibling === undefined) continue;
    const { originFrom, source, envNames } = sibling;
    return {
      ...record,
      previous: {
        ...previous,
        ...(previous.originFrom === originFrom && { originFrom }),
        ...(previous.source === source && { source }),
        ...(equalJson(previous.envNames, envNames) && { envNames }),
      },
    };
  }
  return record;
}
