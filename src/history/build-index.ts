import { type BuildConfigIdentity, buildConfigOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory } from '../policy/facts.ts';
import { BuildRecord } from './build-record.ts';

/** What is asked of a history. */
export interface HistoryLookup {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The Build that asks; it is no part of its own past. */
  readonly build: string;
}

/** The Builds of one BuildConfig: a handful, so they are looked through rather than mapped. */
interface Entry {
  readonly key: string;
  builds: readonly BuildRecord[];
}

/** Texts that are remembered to share. */
const poolSize = 1_000;

/** What Builds left behind, without what their BuildConfig says. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/**
 * Opted-in Builds folded into what decisions need of them, one after another and in any order. The Builds themselves are
 * not kept. No I/O: whoever reads them, from a list, a watch or a file, puts them here.
 */
export class BuildIndex {
  /** By namespace, then by the Build's name: the entry its record is in. */
  readonly #builds = new Map<string, Map<string, Entry>>();
  /** By namespace, uid and whole name of the BuildConfig. */
  readonly #entries = new Map<string, Entry>();
  readonly #texts = new Map<string, string>();

  /** How many BuildConfigs have Builds here. */
  get buildConfigCount(): number {
    return this.#entries.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes that away. */
  set(build: JsonObject): void {
    this.remove(build);
    const owner = buildConfigOf(build);
    if (owner === undefined || labelOf(build, labels.enabled) !== 'true') return;
    const namespace = namespaceOf(build);
    const key = keyOf(namespace, owner);
    const record = new BuildRecord(build, (text) => this.#pool(text));
    const entry = this.#entries.get(key) ?? { key, builds: [] };
    // Not pushed: that would set aside room for sixteen more.
    entry.builds = [...entry.builds, record];
    this.#entries.set(key, entry);
    const builds = this.#builds.get(namespace) ?? new Map<string, Entry>();
    builds.set(record.name, entry);
    this.#builds.set(namespace, builds);
  }

  remove(build: JsonObject): void {
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const builds = this.#builds.get(namespace);
    const entry = builds?.get(name);
    if (builds === undefined || entry === undefined) return;
    entry.builds = entry.builds.filter((record) => record.name !== name);
    if (entry.builds.length === 0) this.#entries.delete(entry.key);
    builds.delete(name);
    if (builds.size === 0) this.#builds.delete(namespace);
  }

  /** Whether the Build was known when it had not finished. */
  hasUnfinished(build: JsonObject): boolean {
    const name = nameOf(build);
    const entry = this.#builds.get(namespaceOf(build))?.get(name);
    return entry?.builds.some((record) => record.name === name && !record.isFinished) === true;
  }

  #pool(text: string): string {
    const pooled = this.#texts.get(text);
    if (pooled !== undefined) return pooled;
    // Builds of one BuildConfig are listed next to each other; what was seen long ago need not be found again.
    if (this.#texts.size >= poolSize) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  /** What the earlier Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig, build }: HistoryLookup): BuildHistoryFacts {
    const references = new Set<string>();
    let hasBuilds = false;
    let newest: BuildRecord | undefined;
    for (const record of this.#entries.get(keyOf(namespace, buildConfig))?.builds ?? []) {
      if (record.name === build) continue;
      hasBuilds = true;
      if (record.reference !== undefined) references.add(record.reference);
      if (record.written !== undefined && (newest === undefined || isNewer(record, newest))) newest = record;
    }
    return { hasBuilds, references, previous: newest?.previous };
  }
}

/** The higher number; of two equal ones (someone edited an annotation) the greater name, so that the order of events does not decide. */
function isNewer(candidate: BuildRecord, than: BuildRecord): boolean {
  return candidate.number === than.number ? candidate.name > than.name : candidate.number > than.number;
}

function keyOf(namespace: string, { uid, name }: BuildConfigIdentity): string {
  return `${namespace}/${uid}/${name}`;
}
