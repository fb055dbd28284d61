import { buildConfigOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, HistoryQuery, PreviousBuild } from '../policy/facts.ts';
import { hasOptInLabel } from '../policy/opt-in.ts';
import { keyOf } from './build-config-index.ts';
import { type BuildRecord, isNewer, recordOf } from './build-record.ts';
import { type PackedBuilds, mayHaveReference, packBuilds, unpackBuilds, unpackNewest } from './packed-builds.ts';
import { TextStore } from './text-store.ts';

/** What of a query an index needs. */
export type BuildQuery = Pick<HistoryQuery, 'namespace' | 'buildConfig' | 'build'>;

/** What Builds left behind, without what their BuildConfig says. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/**
 * Opted-in Builds folded into what decisions need of them, one after another and in any order. The Builds themselves are
 * not kept. No I/O: whoever reads them, from a list, a watch or a file, puts them here.
 */
export class BuildIndex {
  /** By namespace and whole name of the BuildConfig; one that was made anew under its name is told apart by the uid in the record. */
  readonly #packed = new TextStore();
  /** Those that have more Builds than can be packed. */
  readonly #many = new Map<string, Map<string, BuildRecord>>();
  /** By namespace and name of the Build: where those are that do not have their BuildConfig's name with a number behind it. */
  readonly #elsewhere = new Map<string, string>();

  /** How many names of BuildConfigs have Builds here. */
  get buildConfigCount(): number {
    return this.#packed.size + this.#many.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes that away. */
  set(build: JsonObject): void {
    const owner = buildConfigOf(build);
    if (owner === undefined || !hasOptInLabel(build)) {
      this.remove(build);
      return;
    }
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const key = keyOf(namespace, owner.name);
    if (this.#keyOfBuild(namespace, name) !== key) this.remove(build);
    const record = recordOf(build, owner.uid);
    const group = this.#groupOf(key);
    if (group instanceof Map) group.set(name, record);
    else this.#store(key, [...recordsIn(group).filter((other) => other.name !== name), record]);
    if (usualKeyOf(namespace, name) !== key) this.#elsewhere.set(keyOf(namespace, name), key);
  }

  remove(build: JsonObject): void {
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const key = this.#keyOfBuild(namespace, name);
    this.#elsewhere.delete(keyOf(namespace, name));
    const group = this.#groupOf(key);
    if (group instanceof Map) {
      group.delete(name);
      if (group.size <= mostPacked / 2) this.#store(key, [...group.values()]);
    } else {
      const known = recordsIn(group);
      const left = known.filter((record) => record.name !== name);
      if (left.length < known.length) this.#store(key, left);
    }
  }

  /** Whether the Build was known when it had not finished. */
  hasUnfinished(build: JsonObject): boolean {
    const name = nameOf(build);
    const group = this.#groupOf(this.#keyOfBuild(namespaceOf(build), name));
    const known = group instanceof Map ? group.get(name) : recordsIn(group).find((record) => record.name === name);
    return known?.isFinished === false;
  }

  /** Where a Build is, if it is known. */
  #keyOfBuild(namespace: string, name: string): string {
    return this.#elsewhere.get(keyOf(namespace, name)) ?? usualKeyOf(namespace, name);
  }

  #groupOf(key: string): Group | undefined {
    return this.#many.get(key) ?? this.#packed.get(key);
  }

  #store(key: string, records: readonly BuildRecord[]): void {
    if (records.length > mostPacked) this.#many.set(key, new Map(records.map((record) => [record.name, record])));
    else this.#many.delete(key);
    if (records.length > 0 && records.length <= mostPacked) this.#packed.set(key, packBuilds(records));
    else this.#packed.delete(key);
  }

  /** What the earlier Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig, build }: BuildQuery): BuildHistoryFacts {
    const group = this.#groupOf(keyOf(namespace, buildConfig.name));
    const isPast = ({ name, uid }: BuildRecord) => name !== build && uid === buildConfig.uid;
    if (typeof group === 'string') {
      const newest = unpackNewest(group);
      if (newest !== undefined && isPast(newest)) {
        let all: BuildHistoryFacts | undefined;
        const isUsed = (reference: string) =>
          mayHaveReference(group, reference) && (all ??= pastOf(group, isPast)).references.has(reference);
        return { hasBuilds: true, previous: newest.previous, references: { has: isUsed } };
      }
      // Of another BuildConfig under that name, or the Build that asks is the newest itself.
    }
    return pastOf(group, isPast);
  }
}

/** What is known of the Builds of a BuildConfig's name. */
type Group = PackedBuilds | Map<string, BuildRecord>;

/** More Builds than that of one name are kept as objects, because each change writes the whole text anew. OpenShift keeps ten by default. */
const mostPacked = 32;

function recordsIn(group: Group | undefined): readonly BuildRecord[] {
  if (group === undefined) return [];
  return typeof group === 'string' ? unpackBuilds(group) : [...group.values()];
}

function pastOf(group: Group | undefined, isPast: (record: BuildRecord) => boolean): BuildHistoryFacts {
  const references = new Set<string>();
  let hasBuilds = false;
  let previous: PreviousBuild | undefined;
  for (const record of recordsIn(group)) {
    if (!isPast(record)) continue;
    hasBuilds = true;
    if (record.reference !== undefined) references.add(record.reference);
    if (isNewer(record.previous, previous)) previous = record.previous;
  }
  return { hasBuilds, previous, references };
}

/** The key of the BuildConfig whose name a Build usually has, with a number behind it. */
function usualKeyOf(namespace: string, build: string): string {
  return keyOf(namespace, build.slice(0, build.lastIndexOf('-')));
}
