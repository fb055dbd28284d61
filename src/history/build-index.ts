import { type BuildConfigIdentity, buildConfigOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, PreviousBuild } from '../policy/facts.ts';
import { type BuildRecord, isNewer, recordOf } from './build-record.ts';
import { type PackedBuilds, mayHaveReference, packBuilds, unpackBuilds, unpackNewest } from './packed-builds.ts';

/** What is asked of a history. */
export interface HistoryLookup {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The Build that asks; it is no part of its own past. */
  readonly build: string;
}

/** What Builds left behind, without what their BuildConfig says. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/**
 * Opted-in Builds folded into what decisions need of them, one after another and in any order. The Builds themselves are
 * not kept. No I/O: whoever reads them, from a list, a watch or a file, puts them here.
 */
export class BuildIndex {
  /** By namespace and whole name of the BuildConfig; one that was made anew under its name is told apart by the uid in the record. */
  readonly #packed = new Map<string, PackedBuilds>();
  /** By namespace and name of the Build: where those are that do not have their BuildConfig's name with a number behind it. */
  readonly #elsewhere = new Map<string, string>();

  /** How many names of BuildConfigs have Builds here. */
  get buildConfigCount(): number {
    return this.#packed.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes that away. */
  set(build: JsonObject): void {
    const owner = buildConfigOf(build);
    if (owner === undefined || labelOf(build, labels.enabled) !== 'true') {
      this.remove(build);
      return;
    }
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const key = keyOf(namespace, owner.name);
    if (this.#keyOfBuild(namespace, name) !== key) this.remove(build);
    const others = this.#unpack(key).filter((record) => record.name !== name);
    this.#packed.set(key, packBuilds([...others, recordOf(build, owner.uid)]));
    if (usualKeyOf(namespace, name) !== key) this.#elsewhere.set(keyOf(namespace, name), key);
  }

  remove(build: JsonObject): void {
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const key = this.#keyOfBuild(namespace, name);
    this.#elsewhere.delete(keyOf(namespace, name));
    const known = this.#unpack(key);
    const left = known.filter((record) => record.name !== name);
    if (left.length === 0) this.#packed.delete(key);
    else if (left.length < known.length) this.#packed.set(key, packBuilds(left));
  }

  /** Whether the Build was known when it had not finished. */
  hasUnfinished(build: JsonObject): boolean {
    const name = nameOf(build);
    const known = this.#unpack(this.#keyOfBuild(namespaceOf(build), name));
    return known.some((record) => record.name === name && !record.isFinished);
  }

  /** Where a Build is, if it is known. */
  #keyOfBuild(namespace: string, name: string): string {
    return this.#elsewhere.get(keyOf(namespace, name)) ?? usualKeyOf(namespace, name);
  }

  #unpack(key: string): readonly BuildRecord[] {
    const packed = this.#packed.get(key);
    return packed === undefined ? [] : unpackBuilds(packed);
  }

  /** What the earlier Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig, build }: HistoryLookup): BuildHistoryFacts {
    const packed = this.#packed.get(keyOf(namespace, buildConfig.name));
    if (packed === undefined) return { hasBuilds: false, previous: undefined, references: new Set() };
    const isPast = ({ name, uid }: BuildRecord) => name !== build && uid === buildConfig.uid;
    const past = () => unpackBuilds(packed).filter(isPast);
    const references = {
      has: (reference: string) =>
        mayHaveReference(packed, reference) && past().some((record) => record.reference === reference),
    };
    const newest = unpackNewest(packed);
    if (newest !== undefined && isPast(newest)) return { hasBuilds: true, previous: newest.previous, references };
    // Of another BuildConfig under that name, or the Build that asks is the newest itself.
    let previous: PreviousBuild | undefined;
    for (const record of past()) if (isNewer(record.previous, previous)) previous = record.previous;
    return { hasBuilds: past().length > 0, previous, references };
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** The key of the BuildConfig whose name a Build usually has, with a number behind it. */
function usualKeyOf(namespace: string, build: string): string {
  return keyOf(namespace, build.slice(0, build.lastIndexOf('-')));
}
